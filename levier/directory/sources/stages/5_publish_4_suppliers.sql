-- From groups of values to the supplier's columns, with what follows from its place: QPV (SIRENE's own answer first, else
-- the table districts) and FRR. A row that says nothing new is not written.
WITH proven AS MATERIALIZED (
    -- One proven when no list gave a SIREN keeps the organisation of its owner, while somebody keeps it: a list that
    -- now gives one is believed for the number, and the owner says whether it is its own (ownership/actions/numbers.py).
    -- They are few: found once, and not looked for behind each row.
    SELECT known.key, attached.id, EXISTS (SELECT 1 FROM accounts_membership kept
                                           WHERE kept.organisation_id = attached.id AND kept.role = 'supplier') AS is_kept
    FROM organisations_organisation attached JOIN directory_supplier known ON known.organisation_id = attached.id
    WHERE attached.siren IS NULL
), written AS (
    INSERT INTO directory_supplier AS s
        (key, kind, organisation_id, establishment_id, siret, siren, name, brand, legal_form, description,
         address, postal_code, city, commune_id, departement_code, region_code, epci_code,
         latitude, longitude, precision, qpv_code, is_frr, naf, naf_nomenclature, website, phone, email,
         sectors, activity_status, activity_origin, activity_confidence,
         convention_status, convention_until, places, profile, origins, is_demo, is_listed, first_seen)
    SELECT m.key, m.kind, coalesce(proven.id, o.id), e.id, v ->> 'siret', v ->> 'siren', v ->> 'name', coalesce(v ->> 'brand', ''),
           coalesce(v ->> 'legal_form', ''), coalesce(v ->> 'description', ''),
           coalesce(p ->> 'address', ''), coalesce(p ->> 'postal_code', ''), coalesce(p ->> 'city', ''),
           p ->> 'commune', coalesce(p ->> 'departement', ''), coalesce(p ->> 'region', ''),
           coalesce(p ->> 'epci', ''),
           (p ->> 'latitude')::float8, (p ->> 'longitude')::float8, coalesce(p ->> 'precision', ''),
           CASE WHEN v ? 'qpv' THEN coalesce(v -> 'qpv' ->> 'code', '') ELSE d.qpv END, c.is_frr,
           coalesce(v -> 'naf' ->> 'code', ''), coalesce(v -> 'naf' ->> 'nomenclature', ''),
           coalesce(v ->> 'website', ''), coalesce(v ->> 'phone', ''), coalesce(v ->> 'email', ''),
           coalesce(ARRAY(SELECT jsonb_array_elements_text(a -> 'sectors')), '{}'),
           coalesce(a ->> 'status', 'unknown'), coalesce(a ->> 'origin', ''), (a ->> 'confidence')::float8,
           coalesce(v -> 'convention' ->> 'status', 'unknown'), (v -> 'convention' ->> 'until')::date,
           (v ->> 'places')::int, v - %(columns)s::text[], m.origins, %(is_demo)s, %(is_listed)s, %(today)s
    FROM merged m
    CROSS JOIN LATERAL (SELECT m.values AS v, m.values -> 'place' AS p, m.values -> 'activity' AS a) said
    LEFT JOIN organisations_organisation o ON o.siren = v ->> 'siren'
    LEFT JOIN organisations_establishment e ON e.siret = v ->> 'siret'
    LEFT JOIN reference_commune c ON c.code = p ->> 'commune'
    LEFT JOIN districts d ON d.key = m.key
    LEFT JOIN proven ON proven.key = m.key AND (o.id IS NULL OR proven.is_kept)
    ON CONFLICT (key) DO UPDATE SET
        organisation_id = excluded.organisation_id, establishment_id = excluded.establishment_id,
        siret = excluded.siret, siren = excluded.siren, name = excluded.name, brand = excluded.brand,
        legal_form = excluded.legal_form, description = excluded.description, address = excluded.address,
        postal_code = excluded.postal_code, city = excluded.city, commune_id = excluded.commune_id,
        departement_code = excluded.departement_code, region_code = excluded.region_code,
        epci_code = excluded.epci_code, latitude = excluded.latitude, longitude = excluded.longitude,
        precision = excluded.precision, qpv_code = excluded.qpv_code, is_frr = excluded.is_frr, naf = excluded.naf,
        naf_nomenclature = excluded.naf_nomenclature,
        website = excluded.website, phone = excluded.phone, email = excluded.email, sectors = excluded.sectors,
        activity_status = excluded.activity_status, activity_origin = excluded.activity_origin,
        activity_confidence = excluded.activity_confidence, convention_status = excluded.convention_status,
        convention_until = excluded.convention_until, places = excluded.places, profile = excluded.profile,
        origins = excluded.origins,
        updated_at = statement_timestamp()
    WHERE (s.organisation_id, s.establishment_id, s.siret, s.siren, s.name, s.brand, s.legal_form, s.description,
           s.address, s.postal_code, s.city, s.commune_id, s.latitude, s.longitude, s.precision, s.qpv_code, s.is_frr,
           s.naf, s.naf_nomenclature, s.website, s.phone, s.email, s.sectors, s.activity_status, s.activity_origin,
           s.activity_confidence, s.convention_status, s.convention_until, s.places, s.profile, s.departement_code,
           s.region_code, s.epci_code, s.origins)
        IS DISTINCT FROM
          (excluded.organisation_id, excluded.establishment_id, excluded.siret, excluded.siren, excluded.name,
           excluded.brand, excluded.legal_form, excluded.description, excluded.address, excluded.postal_code,
           excluded.city, excluded.commune_id, excluded.latitude, excluded.longitude, excluded.precision,
           excluded.qpv_code, excluded.is_frr, excluded.naf, excluded.naf_nomenclature, excluded.website, excluded.phone, excluded.email,
           excluded.sectors, excluded.activity_status, excluded.activity_origin, excluded.activity_confidence,
           excluded.convention_status, excluded.convention_until, excluded.places, excluded.profile,
           excluded.departement_code,
           excluded.region_code, excluded.epci_code, excluded.origins)
    RETURNING s.id
)
INSERT INTO published SELECT id FROM written ON CONFLICT DO NOTHING;
