package dev.fleetwright.testkit;

/// How much a test does of a reliability recipe: a little in every build, its whole figure when a
/// person asks for it with `./verify recipe R8`.
///
/// Tests of a recipe are tagged with its name, `@Tag("R8")`, on the method or the class; nothing
/// else makes them one.
public final class Recipe {

  /// `full`, or how often everything is done; not set in every build.
  static final String PROPERTY = "fleetwright.recipe";

  private Recipe() {}

  /// How often to do something.
  ///
  /// @param little in every build
  /// @param full the recipe's figure
  public static int times(int little, int full) {
    return times(System.getProperty(PROPERTY, ""), little, full);
  }

  static int times(String asked, int little, int full) {
    return switch (asked) {
      case "" -> little;
      case "full" -> full;
      case String number when number.matches("[1-9][0-9]{0,8}") -> Integer.parseInt(number);
      case String other ->
          throw new IllegalArgumentException(
              "-D%s=%s is not a count; write a number, or `full` for the recipe's own figure"
                  .formatted(PROPERTY, other));
    };
  }

  /// Show what was measured; `./verify` prints such lines.
  ///
  /// @param figures such as `violations=0 runs=50 takeover_p99=9.1s`
  public static void report(String name, String figures) {
    System.out.printf("recipe %s: %s%n", name, figures);
  }
}
