-- How often a lease was handed out since a holder last gave it back in order, or stored something with it; and
-- what it was worked on for when that was in vain before.
ALTER TABLE lease ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lease ADD COLUMN suspect BIGINT;
