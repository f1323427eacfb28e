-- One row per place, with its legal unit and its point. Masked values (« [ND] », partial diffusion) say nothing. DuckDB.
CREATE MACRO shown(x) AS CASE WHEN upper(clean(x)) <> '[ND]' THEN clean(x) END;
CREATE VIEW joined AS
SELECT e.siret, e.siren,
       shown(u.denominationUniteLegale) AS legal_name,
       coalesce(shown(e.enseigne1Etablissement), shown(e.denominationUsuelleEtablissement),
                shown(u.sigleUniteLegale)) AS brand,
       lpad(digits(u.categorieJuridiqueUniteLegale), 4, '0') AS category,
       upper(clean(u.economieSocialeSolidaireUniteLegale)) AS ess,
       naf(u.activitePrincipaleUniteLegale) AS unit_naf,
       clean(u.trancheEffectifsUniteLegale) AS unit_band,
       concat_ws(' ', shown(e.numeroVoieEtablissement), shown(e.indiceRepetitionEtablissement),
                 shown(e.typeVoieEtablissement), shown(e.libelleVoieEtablissement)) AS address,
       postal(e.codePostalEtablissement) AS postal_code,
       shown(e.codeCommuneEtablissement) AS insee,
       shown(e.libelleCommuneEtablissement) AS city,
       coalesce(upper(e.etatAdministratifEtablissement) = 'F', false)
           OR coalesce(upper(u.etatAdministratifUniteLegale) = 'C', false) AS is_closed,
       iso_date(e.dateDebut) AS since,
       lower(e.etablissementSiege) IN ('true', 't', '1') AS is_head_office,
       naf(e.activitePrincipaleEtablissement) AS naf,
       -- Until January 2027 the column holds NAF rév. 2, then NAF 2025: its own column of nomenclature says which.
       CASE WHEN fold(e.nomenclatureActivitePrincipaleEtablissement) LIKE '%25%' THEN 'naf_2025'
            WHEN fold(e.nomenclatureActivitePrincipaleEtablissement) LIKE '%rev2%' THEN 'naf_rev2' END AS naf_nomenclature,
       naf(e.activitePrincipaleNAF25Etablissement) AS naf_2025,
       clean(e.trancheEffectifsEtablissement) AS band,
       digits(e.anneeEffectifsEtablissement) AS band_year,
       -- Quality 11, 12 and 21: the street is sure or probable. Beyond, the point is drawn in the commune.
       CASE WHEN g.qualite_xy IN ('11', '12', '21') THEN g.y_latitude END AS latitude,
       CASE WHEN g.qualite_xy IN ('11', '12', '21') THEN g.x_longitude END AS longitude,
       -- « CSZ » and « HZ »: no district in the commune, or outside it. Only the two best qualities count.
       CASE WHEN g.qualite_qp24 IN ('1', '2') AND regexp_full_match(upper(clean(g.plg_qp24)), 'Q[NP][0-9AB]{5}[A-Z0-9]')
            THEN upper(clean(g.plg_qp24)) END AS qpv,
       coalesce(g.qualite_qp24 IN ('1', '2') AND clean(g.plg_qp24) IS NOT NULL, false) AS is_qpv_known
FROM establishment e
LEFT JOIN unit u ON u.siren = e.siren
LEFT JOIN place g ON g.siret = e.siret;
