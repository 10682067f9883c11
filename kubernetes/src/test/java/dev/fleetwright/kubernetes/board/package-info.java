@NullMarked
package dev.fleetwright.kubernetes.board;

import org.jspecify.annotations.NullMarked;
