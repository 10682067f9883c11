/// The append-only, hash-chained record of everything that changed.
@NullMarked
package dev.fleetwright.core.ledger;

import org.jspecify.annotations.NullMarked;
