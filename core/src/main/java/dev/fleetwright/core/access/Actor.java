package dev.fleetwright.core.access;

/// Who does something: a token's owner, a rule, a pipeline.
///
/// @param name as it is shown and recorded, such as `root`, `pipeline 7`, `auto: main`
public record Actor(String name) {

  /// The server itself, when it takes the next step of something that others started.
  public static final Actor ENGINE = new Actor("fleetwright");

  public Actor {
    if (name.isBlank() || name.length() > 200) {
      throw new IllegalArgumentException("an actor's name has 1 to 200 characters");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
