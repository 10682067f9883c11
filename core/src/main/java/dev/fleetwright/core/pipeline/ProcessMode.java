package dev.fleetwright.core.pipeline;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whose turn it is when the slot of a resource group is free, contract 2a.9.
public enum ProcessMode {
  /// Whoever asks.
  UNORDERED,
  /// The oldest pipeline, also while its job is not ready yet.
  OLDEST_FIRST,
  /// The newest pipeline, also while its job is not ready yet.
  NEWEST_FIRST,
  /// The newest pipeline of those whose job is ready.
  NEWEST_READY_FIRST;

  /// A job that wants the slot now or later.
  ///
  /// @param ready whether nothing but the slot is missing
  public record Candidate(long job, long pipeline, boolean ready) {}

  /// Who has to go before this one; empty when it may go.
  ///
  /// @param all that want the slot, this one among them
  public Optional<Candidate> before(Candidate one, List<Candidate> all) {
    return switch (this) {
      case UNORDERED -> Optional.empty();
      case OLDEST_FIRST -> first(one, all, Comparator.comparingLong(Candidate::pipeline));
      case NEWEST_FIRST ->
          first(one, all, Comparator.comparingLong(Candidate::pipeline).reversed());
      case NEWEST_READY_FIRST ->
          first(
              one,
              all.stream().filter(Candidate::ready).toList(),
              Comparator.comparingLong(Candidate::pipeline).reversed());
    };
  }

  private static Optional<Candidate> first(
      Candidate one, List<Candidate> all, Comparator<Candidate> order) {
    return all.stream()
        .min(
            order
                .thenComparing(Candidate::ready, Comparator.reverseOrder())
                .thenComparingLong(Candidate::job))
        .filter(first -> first.job() != one.job());
  }

  /// As GitLab writes it.
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
