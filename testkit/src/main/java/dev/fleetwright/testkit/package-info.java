@NullMarked
package dev.fleetwright.testkit;

import org.jspecify.annotations.NullMarked;
