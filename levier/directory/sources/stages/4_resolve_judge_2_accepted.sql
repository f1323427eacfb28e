-- What each accepted row states: groups of values as JSON, the names in order, so that the same values always give the
-- same text, hence the same hash. An empty group is left out, so that it never hides another source's. Run for the lines of
-- one part after another. DuckDB.
INSERT INTO accepted
WITH told AS (
    SELECT v.line, v.is_main, v.source_key, v.key, v.kind, v.siren, v.siret, v.row_hash, v.said_number, v.is_shared,
           e.* EXCLUDE (line, source_key, kind, siren, siret, is_main, supplier_key)
               REPLACE (e.name[1:255] AS name, e.brand[1:255] AS brand, e.description[1:5000] AS description,
                        e.legal_form[1:150] AS legal_form, nullif(e.naf, '') AS naf,
                        nullif(e.naf_nomenclature, '') AS naf_nomenclature, nullif(e.email, '') AS email,
                        CASE WHEN e.website LIKE '%://%' THEN e.website
                             WHEN e.website <> '' THEN 'https://' || e.website END AS website),
           e.email LIKE '%@%' AND e.email NOT LIKE '% %' AND length(e.email) <= 254 AS is_email,
           -- A list that only completes a supplier places it when it knows its exact address.
           NOT $only_completes OR e.precision = 'address' AND e.address <> '' AS is_placed
    FROM verdicts v JOIN enriched e ON e.rowid = v.row
    WHERE v.reason IS NULL AND v.line >= $first AND v.line < $next
), checked AS (
    SELECT *, (lower(website) LIKE 'http://%' OR lower(website) LIKE 'https://%') AND website NOT LIKE '% %'
              AND length(website) <= 300 AS is_website,
           CASE WHEN NOT $only_completes THEN stated_activity(stated_sectors) END AS stated
    FROM told
), stating AS (
    SELECT *,
        CASE WHEN is_placed THEN object_of(concat_ws(',',
            member('address', address[1:255]), member('city', city[1:120]), member('commune', commune),
            member('departement', departement_code), member('epci', epci),
            CASE WHEN latitude IS NOT NULL AND precision <> '' THEN '"latitude":' || to_json(round(latitude, 6))::VARCHAR
                || ',"longitude":' || to_json(round(longitude, 6))::VARCHAR END,
            member('postal_code', postal_code),
            CASE WHEN latitude IS NOT NULL THEN member('precision', precision) END, member('region', region))) END AS place,
        CASE WHEN $only_completes THEN NULL
             ELSE coalesce(stated, deduced_activity(kind, siret, name, brand, description, naf, naf_nomenclature)) END
            AS activity
    FROM checked
)
SELECT line, is_main, source_key, key, kind, siren, siret,
       '{' || array_to_string(list_sort(list_filter([
           '"activity":' || activity,
           CASE WHEN NOT $only_completes THEN member('brand', brand) END,
           '"convention":' || object_of(CASE WHEN convention_status <> '' THEN
               concat_ws(',', member('status', convention_status), member('until', convention_until)) END),
           CASE WHEN NOT $only_completes THEN member('description', description) END,
           CASE WHEN is_email THEN member('email', email) END,
           member('legal_form', legal_form),
           CASE WHEN NOT $only_completes THEN member('name', name) END,
           '"naf":' || object_of(CASE WHEN naf_nomenclature IS NOT NULL THEN
               member('code', naf) || ',' || member('nomenclature', naf_nomenclature) END),
           member('phone', phone[1:30]),
           '"place":' || place,
           CASE WHEN NOT $only_completes AND places <> '0' AND length(places) < 7
               THEN '"places":' || try_cast(places AS INTEGER) END,
           CASE WHEN NOT $completes_all_kinds THEN member('siren', siren) END,
           CASE WHEN NOT $completes_all_kinds THEN member('siret', siret) END,
           CASE WHEN is_website THEN member('website', website) END
       ] || coalesce(extra_members(extra::VARCHAR), []), lambda one: one IS NOT NULL)), ',') || '}' AS values,
       row_hash,
       list_filter([
           said_number,
           CASE WHEN is_shared THEN 'SIRET partagé par plusieurs lieux du même type' END,
           CASE WHEN email IS NOT NULL AND NOT is_email THEN 'courriel illisible, écarté' END,
           CASE WHEN NOT is_website THEN 'adresse de site illisible, écartée' END,
           CASE WHEN is_placed AND is_far THEN 'coordonnées loin de la commune : centre de la commune retenu' END,
           CASE WHEN is_placed AND coalesce(commune, '') = '' THEN 'commune non reconnue' END,
           CASE WHEN naf IS NOT NULL AND naf_nomenclature IS NULL THEN 'code NAF inconnu, écarté' END
       ] || CASE WHEN $only_completes THEN [] ELSE coalesce(unknown_sectors(stated_sectors), []) END,
       lambda one: one IS NOT NULL) AS anomalies
FROM stating;
