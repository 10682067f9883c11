package dev.fleetwright.core.train;

import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.train.Train.OnFailure;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// How far a train is, by how far its members are; pure. So there is nothing of its own that a
/// crash could leave half-way.
///
/// @param views of its members, in their order
public record TrainProgress(Train train, List<DeployView> views) {

  public TrainProgress {
    views = List.copyOf(views);
    if (views.size() != train.members().size()) {
      throw new IllegalArgumentException("each member of a train has one deploy");
    }
  }

  /// How far it is.
  public TrainState state() {
    if (train.ended().isPresent()) {
      return train.ended().get();
    } else if (train.back().isPresent()
        || (train.onFailure() == OnFailure.BACK && !failed().isEmpty())) {
      return TrainState.GOING_BACK;
    } else if (places().allMatch(this::succeeded)) {
      return TrainState.SUCCEEDED;
    } else if (places().allMatch(this::finished)) {
      return TrainState.INCOMPLETE;
    } else if (places().allMatch(i -> finished(i) || isBehindFailure(i))) {
      return TrainState.HELD;
    }
    return places().allMatch(this::notBegun) ? TrainState.WAITING : TrainState.RUNNING;
  }

  /// Those that a member waits for, by their places.
  public SortedSet<Integer> before(int place) {
    var before = new TreeSet<Integer>();
    train.members().get(place).after().stream().filter(i -> !succeeded(i)).forEach(before::add);
    return before;
  }

  /// Those that have come to an end other than success.
  public List<Integer> failed() {
    return places().filter(i -> finished(i) && !succeeded(i)).boxed().toList();
  }

  /// Those that have not begun, and whose turn in the train has come.
  public List<Integer> due() {
    return places().filter(i -> notBegun(i) && before(i).isEmpty()).boxed().toList();
  }

  /// The places so that each comes before those that it waited for: the order of the way back.
  public List<Integer> backwards() {
    return TrainRequest.order(train.members().stream().map(Train.Member::after).toList())
        .reversed();
  }

  /// Those that waited for this one.
  public List<Integer> behind(int place) {
    return places().filter(i -> train.members().get(i).after().contains(place)).boxed().toList();
  }

  private boolean isBehindFailure(int place) {
    return notBegun(place)
        && before(place).stream().anyMatch(i -> finished(i) || isBehindFailure(i));
  }

  private boolean succeeded(int place) {
    return views.get(place).state() instanceof Succeeded;
  }

  private boolean finished(int place) {
    return views.get(place).state() instanceof Finished;
  }

  private boolean notBegun(int place) {
    var state = views.get(place).state();
    return state instanceof Draft || state instanceof Waiting;
  }

  private IntStream places() {
    return IntStream.range(0, views.size());
  }
}
