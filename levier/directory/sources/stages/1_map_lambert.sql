-- Lambert-93 (metres) to degrees: the inverse of the conformal conic projection of RGF93 (IGN, NTG 71). DuckDB.
CREATE MACRO lambert_isometric(x, y) AS
    -ln(sqrt((x - 700000.0) ^ 2 + (y - 12655612.049876) ^ 2) / 11754255.426096) / 0.7256077650532670;
CREATE MACRO lambert_step(phi, iso) AS
    2 * atan(((1 + 0.0818191910428158 * sin(phi)) / (1 - 0.0818191910428158 * sin(phi)))
             ^ (0.0818191910428158 / 2) * exp(iso)) - pi() / 2;
CREATE MACRO lambert_longitude(x, y) AS
    3 + degrees(atan((x - 700000.0) / (12655612.049876 - y)) / 0.7256077650532670);
-- Three steps from the sphere's latitude are exact to the centimetre in France.
CREATE MACRO lambert_latitude(iso) AS
    degrees(lambert_step(lambert_step(lambert_step(2 * atan(exp(iso)) - pi() / 2, iso), iso), iso));
