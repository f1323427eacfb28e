-- The lookups by which a place is recognised, built once per process from the reference tables. DuckDB.
CREATE TABLE by_postal_name AS
WITH pairs AS (
    SELECT unnest(postal_codes) AS postal, town(name) AS town, code, 1 AS trust FROM commune WHERE parent IS NULL
    UNION ALL
    -- « 75013 Paris » is the arrondissement, as SIRENE writes it, and not the whole of Paris.
    SELECT unnest(a.postal_codes), town(p.name), a.code, 0 FROM commune a JOIN commune p ON p.code = a.parent
)
SELECT postal, town, arg_min(code, trust) AS code FROM pairs GROUP BY postal, town;

CREATE TABLE by_departement_name AS
SELECT departement, town(name) AS town, min(code) AS code
FROM commune WHERE parent IS NULL GROUP BY 1, 2 HAVING count(*) = 1;

-- A list that says « Roubaix » and no more: one commune of the country bears the name, or none is chosen.
CREATE TABLE by_name AS
SELECT town(name) AS town, min(code) AS code FROM commune WHERE parent IS NULL GROUP BY 1 HAVING count(*) = 1;

CREATE TABLE by_postal AS
WITH served AS (
    SELECT unnest(postal_codes) AS postal, code, departement, region, latitude, longitude
    FROM commune WHERE parent IS NULL
)
SELECT postal, count(*) AS communes, min(code) AS code, avg(latitude) AS latitude, avg(longitude) AS longitude
FROM served GROUP BY postal;

-- A code that both nomenclatures have is read in the one SIRENE uses until January 2027.
CREATE TABLE naf_known AS SELECT code, max(nomenclature) AS nomenclature FROM naf_code GROUP BY code;

-- The code of the other nomenclature, where the correspondence of INSEE leaves no choice.
CREATE TABLE naf_twin AS
SELECT rev2 AS code, 'naf_rev2' AS nomenclature, min(naf_2025) AS twin, 'naf_2025' AS twin_nomenclature
FROM naf_link GROUP BY rev2 HAVING count(DISTINCT naf_2025) = 1
UNION ALL
SELECT naf_2025, 'naf_2025', min(rev2), 'naf_rev2' FROM naf_link GROUP BY naf_2025 HAVING count(DISTINCT rev2) = 1;
