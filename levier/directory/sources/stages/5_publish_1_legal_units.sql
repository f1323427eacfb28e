-- Legal identity: added when absent, never overwritten here (the register of companies knows better). Part after part, in the
-- order of the lines: the first that names one gives it.
INSERT INTO organisations_organisation (siren, name, legal_category, legal_form, is_demo)
SELECT DISTINCT ON (siren) siren, values ->> 'name', left(coalesce(values -> 'legal_unit' ->> 'category', ''), 4),
       left(coalesce(values ->> 'legal_form', ''), 120), %(is_demo)s
FROM changed WHERE line >= %(first_line)s AND siren IS NOT NULL AND values ? 'name'
ORDER BY siren, line
ON CONFLICT (siren) DO NOTHING;

INSERT INTO organisations_establishment
    (organisation_id, siret, name, address, postal_code, commune_id, naf, naf_nomenclature, is_active)
SELECT DISTINCT ON (c.siret)
       o.id, c.siret, coalesce(c.values ->> 'brand', c.values ->> 'name'),
       coalesce(c.values -> 'place' ->> 'address', ''), coalesce(c.values -> 'place' ->> 'postal_code', ''),
       c.values -> 'place' ->> 'commune', coalesce(c.values -> 'naf' ->> 'code', ''),
       coalesce(c.values -> 'naf' ->> 'nomenclature', ''), true
FROM changed c JOIN organisations_organisation o ON o.siren = c.siren
WHERE c.line >= %(first_line)s AND c.siret IS NOT NULL AND c.values ? 'name'
ORDER BY c.siret, c.line
ON CONFLICT (siret) DO NOTHING;
