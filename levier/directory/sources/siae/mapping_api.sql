-- Pages of the marketplace's API. Its purchase sectors have slugs like ours: those we know are taken as stated, the
-- others are counted and named. A structure that is no longer active is left aside.
SELECT line,
       digits(siret) || ':' || upper(clean(kind)) AS source_key,
       upper(clean(kind)) AS kind,
       digits(siret) AS siret,
       clean(name) AS name,
       CASE WHEN fold(brand) <> fold(name) THEN clean(brand) END AS brand,
       clean(address) AS address,
       postal(post_code) AS postal_code,
       clean(city) AS city,
       clean(contact_website) AS website,
       clean(contact_phone) AS phone,
       clean(contact_email) AS email,
       clean(sectors) AS stated_sectors,
       json_object('networks', CASE WHEN clean(networks) IS NOT NULL THEN string_split(clean(networks), ';') END) AS extra
FROM raw
WHERE coalesce(fold(is_active), 'oui') = 'oui'
