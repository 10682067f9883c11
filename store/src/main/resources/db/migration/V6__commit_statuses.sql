-- What others say of commits; the last word of each name counts. The commit need not be known yet.
CREATE TABLE commit_status (
  project     TEXT NOT NULL REFERENCES project (name),
  sha         TEXT NOT NULL,
  name        TEXT NOT NULL,
  state       TEXT NOT NULL,
  description TEXT NOT NULL,
  url         TEXT,
  reported_by TEXT NOT NULL,
  reported_at TEXT NOT NULL,
  PRIMARY KEY (project, sha, name)
);
