/// What `fleetwright demo` needs beside the server: a repository that is pushed to, and a host that
/// is reached over SSH, on machines that have neither.
@NullMarked
package dev.fleetwright.cli.demo;

import org.jspecify.annotations.NullMarked;
