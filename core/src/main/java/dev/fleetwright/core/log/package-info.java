/// What jobs and deploys print, as bytes to append to and to read from anywhere.
@NullMarked
package dev.fleetwright.core.log;

import org.jspecify.annotations.NullMarked;
