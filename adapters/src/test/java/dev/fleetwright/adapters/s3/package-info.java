@NullMarked
package dev.fleetwright.adapters.s3;

import org.jspecify.annotations.NullMarked;
