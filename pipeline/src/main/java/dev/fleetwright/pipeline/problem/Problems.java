package dev.fleetwright.pipeline.problem;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What is found while a file is read. Reading goes on after each problem, so that a person who
/// made five mistakes hears of five.
///
/// Equal problems are kept once (an anchor with a mistake may be used a hundred times), and no more
/// than [#LIMIT] of them, because a hostile file can have a mistake in every byte.
public final class Problems {
  static final int LIMIT = 200;

  private static final Comparator<Problem> BY_POSITION =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::line)
          .thenComparingInt(Problem::column);

  private final Set<Problem> found = new LinkedHashSet<>();
  private int errors;
  private int leftOut;

  public void error(Position at, String message, String remedy) {
    add(Problem.error(at, message, remedy));
  }

  public void warning(Position at, String message, String remedy) {
    add(Problem.warning(at, message, remedy));
  }

  public void add(Problem problem) {
    if (problem.isError()) {
      errors++;
    }
    if (found.size() < LIMIT) {
      found.add(problem);
    } else if (!found.contains(problem)) {
      leftOut++;
    }
  }

  public void addAll(List<Problem> problems) {
    problems.forEach(this::add);
  }

  /// How many errors were reported so far; compare two counts to see whether a part was sound.
  public int errors() {
    return errors;
  }

  /// By file, line and column; those at one place in the order of finding.
  public List<Problem> sorted() {
    var list = new ArrayList<>(found);
    list.sort(BY_POSITION);
    if (leftOut > 0) {
      var last = list.getLast();
      list.add(
          new Problem(
              last.file(),
              last.line(),
              last.column(),
              errors > 0 ? Problem.Severity.ERROR : Problem.Severity.WARNING,
              leftOut + " more problems are not listed",
              "mend these first"));
    }
    return List.copyOf(list);
  }
}
