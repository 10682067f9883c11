package dev.fleetwright.core.secret;

/// A value that must not be printed. A class, because a record would print it.
public final class Secret {

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /// Wrap a value as soon as it is read.
  public static Secret of(String value) {
    return new Secret(value);
  }

  /// The one way out. Call it in the argument list of the request that needs it.
  public String reveal() {
    return value;
  }

  @Override
  public String toString() {
    return "***";
  }
}
