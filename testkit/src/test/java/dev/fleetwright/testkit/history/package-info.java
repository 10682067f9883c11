@NullMarked
package dev.fleetwright.testkit.history;

import org.jspecify.annotations.NullMarked;
