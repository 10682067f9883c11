package dev.fleetwright.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.environment.Approvals;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.FreezeWindow;
import dev.fleetwright.core.environment.Gating;
import dev.fleetwright.core.environment.Idleness;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Promotion;
import dev.fleetwright.core.environment.QueueMode;
import dev.fleetwright.core.environment.RollbackTriggers;
import dev.fleetwright.core.environment.Strategy;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// An environment's policy as JSON. What an earlier release did not write has the value that it had
/// then.
final class PolicyJson {

  /// Each event of a deploy reads the environment that it is in.
  private static final Map<String, Policy> KNOWN = Newest.remembering(1_024);

  private PolicyJson() {}

  static String text(Policy policy) {
    var json = gating(policy.gating());
    policy.promotion().branch().ifPresent(branch -> json.put("auto", branch));
    policy.promotion().after().ifPresent(name -> json.put("after", name.value()));
    json.put("promoted", policy.promotion().automatic());
    json.put("queue", policy.queue().keyword());
    json.set(
        "preemptible",
        Json.list(policy.preemptible().stream().map(Idleness::keyword).sorted().toList()));
    json.set("rollback", rollback(policy.rollback()));
    json.set("strategy", StrategyJson.node(policy.strategy()));
    json.set("components", Json.list(policy.components()));
    json.set("variables", Json.textsNode(policy.variables()));
    return json.toString();
  }

  private static ObjectNode gating(Gating gating) {
    var json = Json.object().put("approvals", gating.approvals().required());
    json.set("approvals_by", Json.list(gating.approvals().by()));
    json.put("approval_of_deployer", gating.approvals().ofDeployer());
    json.put("soak_ms", gating.soak().toMillis());
    var freezes = json.putArray("freezes");
    for (var window : gating.freezes()) {
      freezes
          .addObject()
          .put("name", window.name())
          .put("from", window.from())
          .put("to", window.to())
          .put("zone", window.zone().getId());
    }
    json.set("outside", Json.list(gating.outside()));
    json.set("statuses", Json.list(gating.statuses()));
    return json;
  }

  private static ObjectNode rollback(RollbackTriggers triggers) {
    return Json.object()
        .put("failure", triggers.onFailure())
        .put("alarm", triggers.onAlarm())
        .put("stop", triggers.onStop())
        .put("watch_ms", triggers.watch().toMillis());
  }

  /// Read what [#text] wrote.
  static Policy read(String text) {
    var known = KNOWN.get(text);
    if (known == null) {
      known = parsed(text);
      KNOWN.put(text, known);
    }
    return known;
  }

  private static Policy parsed(String text) {
    var json = Json.read("an environment's policy", text);
    var policy =
        new Policy(
            readGating(json),
            new Promotion(
                json.maybeText("auto"),
                json.maybeText("after").map(EnvironmentName::new),
                json.maybeYes("promoted").orElse(false)),
            json.maybeText("queue").map(PolicyJson::queue).orElse(QueueMode.UNORDERED),
            json.maybeTexts("preemptible")
                .map(names ->
                    names.stream()
                        .map(PolicyJson::idleness)
                        .collect(Collectors.toUnmodifiableSet()))
                .orElse(Policy.USUALLY_PREEMPTIBLE),
            json.maybeObject("rollback")
                .map(PolicyJson::readRollback)
                .orElse(RollbackTriggers.USUAL),
            json.maybeObject("strategy").map(StrategyJson::read).orElse(Strategy.USUAL),
            json.texts("components"),
            json.map("variables"));
    json.nothingElse();
    return policy;
  }

  private static Gating readGating(Json json) {
    return new Gating(
        new Approvals(
            json.number("approvals"),
            new TreeSet<>(json.maybeTexts("approvals_by").orElse(List.of())),
            json.maybeYes("approval_of_deployer").orElse(false)),
        Duration.ofMillis(json.maybeWhole("soak_ms").orElse(0L)),
        json.maybeObjects(
                "freezes",
                window ->
                    new FreezeWindow(
                        window.text("name"),
                        window.text("from"),
                        window.text("to"),
                        ZoneId.of(window.text("zone"))))
            .orElse(List.of()),
        new TreeSet<>(json.maybeTexts("outside").orElse(List.of())),
        new TreeSet<>(json.maybeTexts("statuses").orElse(List.of())));
  }

  private static RollbackTriggers readRollback(Json json) {
    var triggers =
        new RollbackTriggers(
            json.yes("failure"),
            json.yes("alarm"),
            json.yes("stop"),
            Duration.ofMillis(json.whole("watch_ms")));
    json.nothingElse();
    return triggers;
  }

  private static QueueMode queue(String keyword) {
    return QueueMode.of(keyword)
        .orElseThrow(() -> new RecordUnreadable("there is no queue mode `" + keyword + "`"));
  }

  private static Idleness idleness(String keyword) {
    return Idleness.of(keyword)
        .orElseThrow(() -> new RecordUnreadable("nothing waits for `" + keyword + "`"));
  }
}
