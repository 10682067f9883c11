@NullMarked
package dev.fleetwright.server.ui;

import org.jspecify.annotations.NullMarked;
