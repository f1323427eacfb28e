-- The ASP's extraction, joined by `asp.py`: « ACI_DC » is the ACI of common law. Prisons (_MP), the development fund (FDI)
-- and structures without any annex are no convention of a supplier.
SELECT line,
       'asp-' || clean(structure) || ':' || regexp_replace(clean(measure), '_DC$', '') AS source_key,
       regexp_replace(clean(measure), '_DC$', '') AS kind,
       digits(siret) AS siret,
       clean(status) AS convention_status,
       clean("until") AS convention_until
FROM raw
WHERE NOT (measure IS NULL OR measure = '' OR measure LIKE '%\_MP' ESCAPE '\' OR measure LIKE 'FDI%')
