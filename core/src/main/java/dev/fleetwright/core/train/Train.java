package dev.fleetwright.core.train;

import dev.fleetwright.core.artifact.Digest;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Several deploys, of any projects into any environments, that were asked for as one: with one
/// hash over all their plans, an order, and a common way back.
///
/// Its members are ordinary deploys. How far it is, is told by them ([TrainProgress]); beyond what
/// was asked for, only two decisions are kept of the train itself: that it goes back, and that it
/// is over.
///
/// @param hash what people approve, see [TrainRequest#hash]
/// @param back whether it goes back, or went
/// @param ended how, once nothing more is done for it
public record Train(
    long id,
    List<Member> members,
    OnFailure onFailure,
    Digest hash,
    String by,
    String reason,
    Instant askedAt,
    Optional<Back> back,
    Optional<TrainState> ended) {

  public Train {
    members = List.copyOf(members);
  }

  /// One deploy of it.
  ///
  /// @param deploy its id
  /// @param after the places, from 0, of those members that have to succeed before it may begin
  public record Member(long deploy, SortedSet<Integer> after) {
    public Member {
      after = Collections.unmodifiableSortedSet(new TreeSet<>(after));
    }
  }

  /// That it goes back.
  public record Back(String by, String reason, Instant at) {}

  /// What happens when a member does not succeed.
  public enum OnFailure {
    /// Those that come after it wait; the others go on.
    HOLD,
    /// Nothing more begins, and what was done is taken back, the last first.
    BACK;

    /// `hold`, `back`.
    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Read what [#keyword] wrote.
    ///
    /// @throws IllegalArgumentException if it is something else
    public static OnFailure of(String keyword) {
      return valueOf(keyword.toUpperCase(Locale.ROOT));
    }
  }

  /// The ids of its members' deploys, in the order in which they were named.
  public List<Long> deploys() {
    return members.stream().map(Member::deploy).toList();
  }
}
