-- The kind of supplier that a list writes in words; a code is kept, what is not understood is kept for the refusal. DuckDB.
CREATE MACRO supplier_kind(x) AS CASE
    WHEN upper(clean(x)) IN ('EI', 'ACI', 'AI', 'ETTI', 'EITI', 'GEIQ', 'REGIE', 'EBE', 'EA', 'EATT', 'ESAT', 'SEP',
                             'SCOP', 'SCIC', 'ESUS', 'QPV', 'EQUITABLE', 'ESS') THEN upper(clean(x))
    WHEN fold(x) LIKE '%chantier%insertion%' OR fold(x) LIKE '%atelier%insertion%' THEN 'ACI'
    WHEN fold(x) LIKE '%temporaire%insertion%' THEN 'ETTI'
    WHEN fold(x) LIKE '%travail independant%' THEN 'EITI'
    WHEN fold(x) LIKE '%adaptee%temporaire%' THEN 'EATT'
    WHEN fold(x) LIKE '%entreprise%adaptee%' THEN 'EA'
    WHEN fold(x) LIKE '%groupement%employeurs%' THEN 'GEIQ'
    WHEN fold(x) LIKE '%association%intermediaire%' THEN 'AI'
    WHEN fold(x) LIKE '%aide par le travail%' OR fold(x) LIKE '%accompagnement par le travail%'
      OR regexp_matches(fold(x), '\besat\b') THEN 'ESAT'
    WHEN fold(x) LIKE '%entreprise%insertion%' THEN 'EI'
    WHEN fold(x) LIKE '%regie%quartier%' OR fold(x) LIKE '%regie%territoire%' THEN 'REGIE'
    WHEN fold(x) LIKE '%but d emploi%' THEN 'EBE'
    WHEN fold(x) LIKE '%penitentiaire%' THEN 'SEP'
    WHEN fold(x) LIKE '%scic%' OR fold(x) LIKE '%interet collectif%' THEN 'SCIC'
    WHEN fold(x) LIKE '%scop%' OR fold(x) LIKE '%cooperative%participative%' THEN 'SCOP'
    WHEN fold(x) LIKE '%utilite sociale%' THEN 'ESUS'
    WHEN fold(x) LIKE '%equitable%' THEN 'EQUITABLE'
    WHEN fold(x) LIKE '%economie sociale%' THEN 'ESS'
    ELSE clean(x) END;
-- Which supplier a structure of data·inclusion is, by its networks (schema v1) or its type (v0); NULL: a prescriber.
CREATE MACRO inclusion_words(x) AS regexp_extract_all(lower(coalesce(x, '')), '[a-z0-9-]+');
CREATE MACRO inclusion_kind(networks, typology, labels) AS upper(list_extract(list_filter(
    ['ei', 'aci', 'ai', 'etti', 'eiti', 'eatt', 'ea', 'esat', 'geiq'],
    lambda code: list_contains(inclusion_words(networks), code) OR list_contains(inclusion_words(typology), code)
                 OR list_contains(inclusion_words(labels), code)), 1));
