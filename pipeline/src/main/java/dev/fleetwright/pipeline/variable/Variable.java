package dev.fleetwright.pipeline.variable;

/// A name and a value for a job, before the job runs.
///
/// Values of secrets do not come this way: a variable may be printed.
///
/// @param raw whether `$` in the value has no meaning (`expand: false`)
/// @param file whether the job gets the path of a file that holds the value
public record Variable(String name, String value, boolean raw, boolean file) {

  public static Variable of(String name, String value) {
    return new Variable(name, value, false, false);
  }

  public Variable withValue(String other) {
    return new Variable(name, other, raw, file);
  }
}
