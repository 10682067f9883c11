-- Which images releases consist of, by digest, and what those were built from.
CREATE TABLE release_image (
  release     BIGINT NOT NULL REFERENCES release (id),
  component   TEXT   NOT NULL,
  place       TEXT   NOT NULL,
  tag         TEXT,
  digest      TEXT   NOT NULL,
  origin      TEXT   NOT NULL,
  base        TEXT,
  base_digest TEXT,
  PRIMARY KEY (release, component)
);
CREATE INDEX release_image_by_digest ON release_image (digest, release);

-- A tag means one image. Registries let tags move; this record does not.
CREATE TABLE image_tag (
  place         TEXT   NOT NULL,
  tag           TEXT   NOT NULL,
  digest        TEXT   NOT NULL,
  project       TEXT   NOT NULL REFERENCES project (name),
  pipeline      BIGINT REFERENCES pipeline (id),
  registered_by TEXT   NOT NULL,
  registered_at TEXT   NOT NULL,
  PRIMARY KEY (place, tag)
);

-- From a release to where it runs.
CREATE INDEX live_by_release ON live (release);

-- Which pipeline's commit is built again, and for what where that is to be done once.
ALTER TABLE pipeline ADD COLUMN rebuild_of BIGINT REFERENCES pipeline (id);
ALTER TABLE pipeline ADD COLUMN rebuild_cause TEXT;
CREATE UNIQUE INDEX pipeline_rebuilt ON pipeline (rebuild_of, rebuild_cause)
  WHERE rebuild_cause IS NOT NULL;
