-- One row per structure and measure, with what its financial annexes prove today. DuckDB.
-- An annex is known by its number and its renewal; each amendment replaces the one before. Only annexes the State signed
-- count: VALIDE and PROVISOIRE are in force between their dates, CLOTURE (or CLOS) was. HISTORISE was replaced, SAISI and
-- BROUILLON are not signed yet, REJETE and ANNULE prove nothing.
CREATE MACRO a_date(x) AS CAST(iso_date(x) AS DATE);
CREATE TABLE signed AS
SELECT clean(af_id_structure) AS structure, upper(clean(af_mesure_dispositif_code)) AS measure,
       a_date(arg_max(af_date_debut_effet, revision)) AS since,
       a_date(arg_max(af_date_fin_effet, revision)) AS until,
       arg_max(upper(clean(af_etat_annexe_financiere_code)), revision) IN ('VALIDE', 'PROVISOIRE') AS is_live
FROM (SELECT *, coalesce(try_cast(clean(af_numero_avenant_modification) AS INTEGER), 0) AS revision FROM annex)
WHERE upper(clean(af_etat_annexe_financiere_code)) IN ('VALIDE', 'PROVISOIRE', 'CLOTURE', 'CLOS')
GROUP BY 1, 2, clean(af_numero_annexe_financiere), clean(af_numero_avenant_renouvellement);

CREATE TABLE measured AS
SELECT clean(a.af_id_structure) AS structure, upper(clean(a.af_mesure_dispositif_code)) AS measure, count(*) AS annexes
FROM annex a GROUP BY 1, 2;

CREATE TABLE proven AS
SELECT structure, measure,
       max(until) FILTER (WHERE is_live AND since <= current_date AND until >= current_date) AS live_until,
       max(until) FILTER (WHERE until < current_date) AS last_until
FROM signed GROUP BY 1, 2;

-- The conventions in force first: of two structures that share a SIRET and a kind, the live one is taken.
CREATE VIEW conventions AS
SELECT coalesce(m.structure, clean(s.structure_id_siae)) AS structure, m.measure,
       coalesce(digits(s.structure_siret_actualise), digits(s.structure_siret_signature)) AS siret,
       CASE WHEN live_until IS NOT NULL THEN 'active' WHEN last_until IS NOT NULL THEN 'ended' ELSE 'unknown' END AS status,
       CAST(coalesce(live_until, last_until) AS VARCHAR) AS until,
       coalesce(m.annexes, 0) AS annexes
FROM measured m
FULL JOIN structure s ON clean(s.structure_id_siae) = m.structure
LEFT JOIN proven p ON p.structure = m.structure AND p.measure = m.measure
ORDER BY live_until DESC NULLS LAST, last_until DESC NULLS LAST, 1, 2;
