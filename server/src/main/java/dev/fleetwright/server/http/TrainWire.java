package dev.fleetwright.server.http;

import dev.fleetwright.api.Train;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.train.TrainProgress;
import dev.fleetwright.core.train.TrainRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/// Trains as they travel.
final class TrainWire {

  private TrainWire() {}

  static Train of(TrainProgress progress, Known known) {
    var train = progress.train();
    var names =
        progress.views().stream()
            .map(view -> known.environment(view.deploy().environment()).stream())
            .toList();
    var members = new ArrayList<Train.Member>();
    for (var place = 0; place < names.size(); place++) {
      members.add(
          new Train.Member(
              names.get(place),
              named(train.members().get(place).after(), names),
              DeployWire.of(progress.views().get(place), known)));
    }
    return new Train(
        train.id(),
        train.hash().toString(),
        Train.OnFailure.valueOf(train.onFailure().name()),
        Train.State.valueOf(progress.state().name()),
        members,
        train.by(),
        train.reason(),
        train.askedAt(),
        train.back().map(back -> new Train.Back(back.by(), back.reason(), back.at())));
  }

  static Train.Preview preview(TrainRequest request, Known known) {
    var plans = request.members().stream().map(TrainRequest.Wanted::plan).toList();
    var names = plans.stream().map(p -> p.project() + "/" + p.environment()).toList();
    var members = new ArrayList<Train.PlannedMember>();
    for (var place = 0; place < names.size(); place++) {
      members.add(
          new Train.PlannedMember(
              names.get(place),
              named(request.members().get(place).after(), names),
              PlanWire.of(plans.get(place), known)));
    }
    return new Train.Preview(
        request.hash().toString(),
        Train.OnFailure.valueOf(request.onFailure().name()),
        plans.stream().mapToInt(Plan::approvals).sum(),
        members);
  }

  private static List<String> named(SortedSet<Integer> places, List<String> names) {
    return places.stream().map(names::get).toList();
  }
}
