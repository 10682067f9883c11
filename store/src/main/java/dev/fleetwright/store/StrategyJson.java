package dev.fleetwright.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.analysis.HttpProbe;
import dev.fleetwright.core.analysis.HttpProbe.Where;
import dev.fleetwright.core.environment.Strategy;
import dev.fleetwright.core.environment.Strategy.AllAtOnce;
import dev.fleetwright.core.environment.Strategy.BlueGreen;
import dev.fleetwright.core.environment.Strategy.Canary;
import dev.fleetwright.core.environment.Strategy.Rolling;
import dev.fleetwright.core.environment.Strategy.Stage;
import java.net.URI;
import java.time.Duration;

/// How a release takes its place, as JSON.
final class StrategyJson {

  private StrategyJson() {}

  static ObjectNode node(Strategy strategy) {
    return switch (strategy) {
      case AllAtOnce _ -> Json.object().put("kind", "all_at_once");
      case Rolling(var maxUnavailable, var pause) -> {
        var json = Json.object().put("kind", "rolling").put("pause_ms", pause.toMillis());
        maxUnavailable.ifPresent(many -> json.put("max_unavailable", many));
        yield json;
      }
      case Canary(var stages) -> {
        var json = Json.object().put("kind", "canary");
        var list = json.putArray("stages");
        stages.forEach(stage -> list.add(node(stage)));
        yield json;
      }
      case BlueGreen(var before, var keep) -> {
        var json = Json.object().put("kind", "blue_green").put("keep_ms", keep.toMillis());
        var list = json.putArray("before");
        before.forEach(stage -> list.add(node(stage)));
        yield json;
      }
    };
  }

  private static ObjectNode node(Stage stage) {
    return switch (stage) {
      case Stage.Weight(var percent) -> Json.object().put("kind", "weight").put("percent", percent);
      case Stage.Pause(var length) -> {
        var json = Json.object().put("kind", "pause");
        length.ifPresent(time -> json.put("ms", time.toMillis()));
        yield json;
      }
      case Stage.Analyse(var probe) -> {
        var json = Json.object().put("kind", "analyse");
        json.set("probe", node(probe));
        yield json;
      }
    };
  }

  /// Read what [#node] wrote.
  static Strategy read(Json json) {
    var kind = json.text("kind");
    var strategy =
        switch (kind) {
          case "all_at_once" -> new AllAtOnce();
          case "rolling" ->
              new Rolling(
                  json.maybeText("max_unavailable"), Duration.ofMillis(json.whole("pause_ms")));
          case "canary" -> new Canary(json.objects("stages", StrategyJson::stage));
          case "blue_green" ->
              new BlueGreen(
                  json.objects("before", StrategyJson::stage),
                  Duration.ofMillis(json.whole("keep_ms")));
          default -> throw json.unknown(kind);
        };
    json.nothingElse();
    return strategy;
  }

  private static Stage stage(Json json) {
    var kind = json.text("kind");
    return switch (kind) {
      case "weight" -> new Stage.Weight(json.number("percent"));
      case "pause" -> new Stage.Pause(json.maybeWhole("ms").map(Duration::ofMillis));
      case "analyse" -> new Stage.Analyse(probe(json.object("probe")));
      default -> throw json.unknown(kind);
    };
  }

  private static ObjectNode node(HttpProbe probe) {
    var json =
        Json.object()
            .put("every_ms", probe.every().toMillis())
            .put("length_ms", probe.length().toMillis())
            .put("least_status", probe.leastStatus())
            .put("most_status", probe.mostStatus())
            .put("within_ms", probe.within().toMillis())
            .put("forgiven", probe.forgiven());
    switch (probe.where()) {
      case Where.Component(var name, var path) -> json.put("component", name).put("path", path);
      case Where.Address(var address) -> json.put("address", address.toString());
    }
    probe.json().ifPresent(j -> json.put("pointer", j.pointer()).put("value", j.value()));
    return json;
  }

  private static HttpProbe probe(Json json) {
    var probe =
        new HttpProbe(
            json.maybeText("address")
                .<Where>map(address -> new Where.Address(URI.create(address)))
                .orElseGet(() -> new Where.Component(json.text("component"), json.text("path"))),
            Duration.ofMillis(json.whole("every_ms")),
            Duration.ofMillis(json.whole("length_ms")),
            json.number("least_status"),
            json.number("most_status"),
            json.maybeText("pointer").map(p -> new HttpProbe.Json(p, json.text("value"))),
            Duration.ofMillis(json.whole("within_ms")),
            json.number("forgiven"));
    json.nothingElse();
    return probe;
  }
}
