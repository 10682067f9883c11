/// What an adapter must prove, and what its tests are made of.
@NullMarked
package dev.fleetwright.testkit;

import org.jspecify.annotations.NullMarked;
