package dev.fleetwright.core.train;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import dev.fleetwright.core.canonical.Bencode.Value;
import dev.fleetwright.core.canonical.Bencode.Whole;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.train.Train.OnFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A train that is asked for. Only one that can be done can be made.
///
/// @param idempotencyKey repeating a request with the same key gives the first one's train
public record TrainRequest(
    List<Wanted> members, OnFailure onFailure, Optional<String> idempotencyKey, String reason) {

  /// Those that go in one train; a plan for more would be read by nobody.
  public static final int MOST = 50;

  /// One member.
  ///
  /// @param deploy with its plan
  /// @param after as in [Train.Member]
  public record Wanted(DeployRequest deploy, SortedSet<Integer> after) {
    public Wanted {
      after = Collections.unmodifiableSortedSet(new TreeSet<>(after));
    }

    /// What it will do.
    public Plan plan() {
      return deploy
          .plan()
          .orElseThrow(() -> new IllegalArgumentException("a member of a train needs its plan"));
    }
  }

  /// @throws IllegalArgumentException if it cannot be done; the message says why, for people
  public TrainRequest {
    members = List.copyOf(members);
    if (members.size() < 2 || members.size() > MOST) {
      throw new IllegalArgumentException(
          "a train has 2 to %d members, not %d".formatted(MOST, members.size()));
    }
    var environments = new HashSet<Long>();
    for (var i = 0; i < members.size(); i++) {
      var plan = members.get(i).plan();
      if (!environments.add(members.get(i).deploy().environment())) {
        throw new IllegalArgumentException(
            "`%s/%s` is in the train twice; make it two trains, one after the other"
                .formatted(plan.project(), plan.environment()));
      }
      for (var before : members.get(i).after()) {
        if (before < 0 || before >= members.size()) {
          throw new IllegalArgumentException("there is no member " + before);
        }
      }
    }
    if (order(members.stream().map(Wanted::after).toList()).size() < members.size()) {
      throw new IllegalArgumentException(
          "the order goes round in a circle: some members would wait for themselves");
    }
  }

  /// What people approve: every member's plan, the order, and what happens on a failure. The same
  /// for equal trains.
  public Digest hash() {
    var listed =
        members.stream()
            .<Value>map(member ->
                Dictionary.empty()
                    .with("plan", member.plan().hash().hex())
                    .with(
                        "after",
                        new Listing(
                            member.after().stream().<Value>map(a -> new Whole(a)).toList())))
            .toList();
    return Digest.of(
        Dictionary.empty()
            .with("train", 1)
            .with("on_failure", onFailure.keyword())
            .with("members", new Listing(listed))
            .bytes());
  }

  /// The places of members so that each comes after those that it has to wait for; those on a
  /// circle are left out.
  ///
  /// @param after of each member
  static List<Integer> order(List<? extends SortedSet<Integer>> after) {
    var ordered = new ArrayList<Integer>();
    var found = true;
    while (found) {
      found = false;
      for (var i = 0; i < after.size(); i++) {
        if (!ordered.contains(i) && ordered.containsAll(after.get(i))) {
          ordered.add(i);
          found = true;
        }
      }
    }
    return ordered;
  }
}
