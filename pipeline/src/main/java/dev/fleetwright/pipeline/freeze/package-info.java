/// When freeze windows are: cron expressions on the clocks of a zone, as `fleetwright.yml` has
/// them. Reads them for the lint and answers the engine.
@NullMarked
package dev.fleetwright.pipeline.freeze;

import org.jspecify.annotations.NullMarked;
