/// What happened in a run, and whether it was allowed to: the invariants I1 to I8 as checks.
@NullMarked
package dev.fleetwright.testkit.history;

import org.jspecify.annotations.NullMarked;
