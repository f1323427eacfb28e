-- The common columns: a mapping gives some of them, the others read as NULL. DuckDB.
CREATE TABLE common (
    line BIGINT, source_key VARCHAR, is_main BOOLEAN, kind VARCHAR, siret VARCHAR, siren VARCHAR, name VARCHAR,
    brand VARCHAR, legal_form VARCHAR, description VARCHAR, address VARCHAR, postal_code VARCHAR, insee VARCHAR,
    city VARCHAR, departement VARCHAR, latitude VARCHAR, longitude VARCHAR, naf VARCHAR, website VARCHAR,
    phone VARCHAR, email VARCHAR, places VARCHAR, stated_sectors VARCHAR, convention_status VARCHAR,
    convention_until VARCHAR, supplier_key VARCHAR, naf_nomenclature VARCHAR,
    -- Of the legal unit: its category (four digits), « O » or « N » when it declared to be ESS, its own NAF rév. 2.
    legal_category VARCHAR, ess_declared VARCHAR, unit_naf VARCHAR,
    -- Groups of values without a column of their own, as a JSON object; empty members are left out.
    extra VARCHAR
);
