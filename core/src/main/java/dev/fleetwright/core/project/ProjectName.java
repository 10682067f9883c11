package dev.fleetwright.core.project;

import java.util.regex.Pattern;

/// The name of a project: part of URLs, folder names and unit names, so it is kept narrow.
///
/// @param value 1 to 63 characters: lower-case letters, digits, `-`, `_` and `.`, first and last a
///   letter or digit
public record ProjectName(String value) implements Comparable<ProjectName> {

  private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

  public ProjectName {
    if (!valid(value)) {
      throw new IllegalArgumentException("not a project name: `" + value + "`");
    }
  }

  /// Whether a text can be a project name.
  public static boolean valid(String value) {
    return FORM.matcher(value).matches() && !value.contains("..");
  }

  @Override
  public int compareTo(ProjectName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
