-- Browsers that are signed in, by the SHA-256 of their cookie; token is that of a row of token.
CREATE TABLE browser_session (
  id         TEXT PRIMARY KEY,
  token      TEXT NOT NULL,
  created_at TEXT NOT NULL,
  seen_at    TEXT NOT NULL
);

-- Encrypted with a key that is kept elsewhere, together with scope and name.
CREATE TABLE sealed_value (
  scope     TEXT NOT NULL,
  name      TEXT NOT NULL,
  value     ${bytes} NOT NULL,
  sealed_at TEXT NOT NULL,
  PRIMARY KEY (scope, name)
);
