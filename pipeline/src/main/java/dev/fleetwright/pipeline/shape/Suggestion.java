package dev.fleetwright.pipeline.shape;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// The word that a person probably meant.
public final class Suggestion {
  private Suggestion() {}

  /// The nearest of `known` if it is near enough to be a slip of the hand: one change in a short
  /// word, two in a longer one; a swap of neighbours is one change.
  public static Optional<String> closest(String word, Collection<String> known) {
    var most = word.length() <= 3 ? 1 : word.length() <= 7 ? 2 : 3;
    var lower = word.toLowerCase(Locale.ROOT);
    record Candidate(String word, int changes) {}
    return known.stream()
        .filter(other -> Math.abs(other.length() - word.length()) <= most)
        .map(other -> new Candidate(other, changes(lower, other.toLowerCase(Locale.ROOT))))
        .filter(candidate -> candidate.changes() <= most)
        .min(Comparator.comparingInt(Candidate::changes).thenComparing(Candidate::word))
        .map(Candidate::word);
  }

  /// "did you mean `x`?", or what `otherwise` says.
  public static String remedy(String word, Collection<String> known, String otherwise) {
    return closest(word, known).map(near -> "did you mean `" + near + "`?").orElse(otherwise);
  }

  /// Optimal string alignment distance.
  private static int changes(String from, String to) {
    var table = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      table[i][0] = i;
    }
    for (int j = 0; j <= to.length(); j++) {
      table[0][j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      for (int j = 1; j <= to.length(); j++) {
        var same = from.charAt(i - 1) == to.charAt(j - 1);
        var best =
            Math.min(
                Math.min(table[i - 1][j], table[i][j - 1]) + 1,
                table[i - 1][j - 1] + (same ? 0 : 1));
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          best = Math.min(best, table[i - 2][j - 2] + 1);
        }
        table[i][j] = best;
      }
    }
    return table[from.length()][to.length()];
  }
}
