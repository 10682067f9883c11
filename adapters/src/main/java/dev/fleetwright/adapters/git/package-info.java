/// Git repositories, as bare mirrors read with JGit.
@NullMarked
package dev.fleetwright.adapters.git;

import org.jspecify.annotations.NullMarked;
