/// Programs on other machines that run jobs: who they are, what they may take, and which job is
/// with whom.
@NullMarked
package dev.fleetwright.core.runner;

import org.jspecify.annotations.NullMarked;
