package dev.fleetwright.kubernetes.health;

/// One thing in a custom resource that says how it is.
///
/// @param sure whether it says so itself; otherwise it is what such a thing mostly means
/// @param from the field or condition, such as `Ready` or `phase`
record Evidence(Says says, boolean sure, String from, String sentence) {

  enum Says {
    FAILED,
    SUSPENDED,
    /// It is about an earlier generation of the object.
    OUTDATED,
    NOT_FOUND,
    UNKNOWN,
    IN_PROGRESS,
    CURRENT
  }
}
