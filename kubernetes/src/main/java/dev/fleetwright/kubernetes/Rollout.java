package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.plan.Words;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Outcome.Applied;
import dev.fleetwright.core.target.Outcome.Later;
import dev.fleetwright.core.target.Outcome.Refused;
import dev.fleetwright.core.target.Outcome.Unknown;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.kubernetes.Inventory.Entry;
import dev.fleetwright.kubernetes.Inventory.Next;
import dev.fleetwright.kubernetes.Inventory.State;
import dev.fleetwright.kubernetes.Wanted.Phase;
import dev.fleetwright.kubernetes.client.ApiLost;
import dev.fleetwright.kubernetes.client.ApiRefused;
import dev.fleetwright.kubernetes.client.ApiServer;
import dev.fleetwright.kubernetes.health.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One order to one place: look, write down what is about to be, apply it in turn, wait until it is
/// healthy, delete what is no part of it any more, write down what is.
///
/// **Safe to repeat.** Nothing is done to an object that is as it shall be, and what ran before the
/// first try stays in the inventory until the order has ended.
///
/// **Fenced.** The token is in the inventory, which is only written over the version that was read.
/// It is read again before each group of objects: whoever finds another's writing there stops.
final class Rollout {

  private static final Logger log = LoggerFactory.getLogger(Rollout.class);

  private static final Duration AGAIN = Duration.ofSeconds(10);
  private static final Duration FIRST_LOOK = Duration.ofMillis(250);
  private static final Duration LAST_LOOK = Duration.ofSeconds(2);

  /// How long something that may heal by itself may fail before it counts.
  private static final Duration FORGIVEN = Duration.ofSeconds(30);

  private static final Duration UNTIL_GONE = Duration.ofMinutes(2);
  private static final String ORDER = "fleetwright.dev/order";

  private final ApiServer server;
  private final KubernetesSettings settings;
  private final Identity identity;
  private final Manifests manifests;
  private final Order order;
  private final InventoryStore store;
  private final Namespace namespace;
  private final Writer writer;
  private Inventory inventory = Inventory.EMPTY;
  private Optional<Map<ObjectKey, Wanted>> before = Optional.empty();

  /// Whether anything of the slice may have been changed by this call.
  private volatile boolean touched;

  Rollout(
      ApiServer server,
      KubernetesSettings settings,
      Identity identity,
      Manifests manifests,
      Order order) {
    this.server = server;
    this.settings = settings;
    this.identity = identity;
    this.manifests = manifests;
    this.order = order;
    this.store = new InventoryStore(server, settings.namespace(), identity);
    this.namespace = new Namespace(server, settings, identity);
    this.writer = new Writer(server, settings, identity);
  }

  /// What shall be.
  ///
  /// @param wanted the objects of the components that the slice covers
  /// @param covered the components that the slice covers, also those that go
  /// @param state of the whole place after it
  private record Goal(
      List<Wanted> wanted,
      Set<String> covered,
      Set<ObjectKey> scaled,
      State state,
      Map<String, Duration> patience) {}

  /// It does not become healthy, or a hook has failed.
  private static final class Ill extends IOException {
    Ill(String why) {
      super(why);
    }
  }

  /// Another server has written the inventory.
  private static final class TakenOver extends IOException {
    TakenOver() {
      super("another server has taken this environment over");
    }
  }

  Outcome apply(Revision desired, Slice slice) {
    try {
      return toTheEnd(desired, slice);
    } catch (Manifests.Unusable e) {
      return new Refused(e.words());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return touched
          ? new Unknown("applying " + identity.place().name(), e)
          : new Later("told to stop before anything was changed", AGAIN);
    } catch (IOException e) {
      return unfinished(e);
    }
  }

  /// What an error means before anything was changed, or where putting back failed as well.
  private Outcome unfinished(IOException e) {
    if (touched) {
      return new Unknown("applying " + identity.place().name(), e);
    }
    return switch (e) {
      case ApiLost lost -> new Later(Wording.of(lost), AGAIN);
      case ApiRefused refused when refused.passing() ->
          new Later(Wording.of(refused), refused.retryAfter().orElse(AGAIN));
      case Denied denied when denied.refused().passing() ->
          new Later(Wording.of(denied), denied.refused().retryAfter().orElse(AGAIN));
      default -> new Refused(Wording.of(e));
    };
  }

  private Outcome toTheEnd(Revision desired, Slice slice)
      throws Manifests.Unusable, IOException, InterruptedException {
    var made = false;
    switch (namespace.look()) {
      case GOING -> {
        return new Later("namespace `%s` is being deleted".formatted(settings.namespace()), AGAIN);
      }
      case MISSING -> {
        if (desired.components().isEmpty()) {
          return new Applied("nothing was there");
        }
        if (!settings.createNamespace()) {
          return new Refused(namespace.missing());
        }
        // Whatever is wrong with the objects is said before anything is made.
        manifests.of(desired);
        made = namespace.make();
      }
      case THERE -> {}
    }
    inventory = store.read();
    if (made) {
      inventory = inventory.withNamespace();
    }
    if (inventory.token() > order.fencingToken()) {
      return late();
    }
    var goal = goal(desired, slice);
    var view = look(goal);
    if (inPlace(goal, view)) {
      remember(goal.state(), view, goal.scaled());
      return new Applied("everything was as it shall be");
    }
    if (!begin(goal)) {
      return late();
    }
    try {
      var note = change(goal, view);
      log.atInfo()
          .addKeyValue("place", identity.place().name())
          .addKeyValue("order", order.id())
          .addKeyValue("namespace", settings.namespace())
          .log("objects applied");
      return new Applied(note);
    } catch (TakenOver | ApiLost e) {
      throw e;
    } catch (ApiRefused e) {
      if (e.passing()) {
        throw e;
      }
      return putBack(goal, e);
    } catch (Denied e) {
      if (e.refused().passing()) {
        throw e;
      }
      return putBack(goal, e);
    } catch (IOException e) {
      return putBack(goal, e);
    }
  }

  private Outcome late() {
    return new Refused(
        "a newer order (token %d) was here before this one (token %d)"
            .formatted(inventory.token(), order.fencingToken()));
  }

  private Goal goal(Revision desired, Slice slice)
      throws Manifests.Unusable, IOException, InterruptedException {
    var covered = new TreeSet<>(inventory.now().components().keySet());
    inventory.next().ifPresent(n -> covered.addAll(n.state().components().keySet()));
    desired.components().forEach(c -> covered.add(c.name()));
    if (slice instanceof Slice.Components(var names)) {
      covered.retainAll(names);
    }
    var parts = desired.components().stream().filter(c -> covered.contains(c.name())).toList();
    var all = manifests.of(new Revision(parts));
    var scaled = Scaling.of(all, server, settings);
    var wanted =
        Scaling.leaveOut(all, scaled).stream().filter(w -> w.phase() != Phase.NEVER).toList();
    for (var component : parts) {
      manifests.keep(component);
    }
    var digests = new TreeMap<>(inventory.now().components());
    digests.keySet().removeAll(covered);
    var entries =
        new ArrayList<>(
            inventory.now().entries().stream()
                .filter(e -> !covered.contains(e.component()))
                .toList());
    parts.forEach(c -> digests.put(c.name(), c.digest().hex()));
    wanted.forEach(w -> entries.add(Entry.of(w)));
    return new Goal(
        wanted,
        covered,
        scaled,
        new State(digests, entries),
        parts.stream().collect(Collectors.toMap(Component::name, this::patience)));
  }

  private Duration patience(Component component) {
    return component
        .settings()
        .text("healthy_within")
        .flatMap(KubernetesSettings::duration)
        .orElse(settings.healthyWithin());
  }

  private View look(Goal goal) throws IOException, InterruptedException {
    var entries = new ArrayList<>(inventory.all());
    entries.addAll(goal.state().entries());
    return View.of(server, settings, identity, entries);
  }

  /// Whether there is nothing to do: every object is as it was left, and healthy.
  private boolean inPlace(Goal goal, View view) {
    var components = goal.state().components();
    return (components.equals(inventory.now().components())
            || inventory.next().filter(n -> n.state().components().equals(components)).isPresent())
        && goal.wanted().stream()
            .filter(w -> !w.hook())
            .allMatch(w -> holds(w, view) && view.verdict(w.key()).isCurrent())
        && goal.wanted().stream().noneMatch(w -> w.hook() && changed(w.component(), goal))
        && leftovers(goal, view).isEmpty();
  }

  private boolean changed(String component, Goal goal) {
    return !Optional.ofNullable(inventory.now().components().get(component))
        .equals(Optional.ofNullable(goal.state().components().get(component)));
  }

  private boolean holds(Wanted wanted, View view) {
    var known =
        inventory.now().entries().stream()
            .filter(e -> e.key().equals(wanted.key()) && e.digest().equals(wanted.digest()))
            .findFirst()
            .orElseGet(() -> Entry.of(wanted));
    return view.holds(known, identity);
  }

  private boolean begin(Goal goal) throws IOException, InterruptedException {
    while (true) {
      if (inventory.token() > order.fencingToken()) {
        return false;
      }
      var begun =
          inventory.begun(
              order.fencingToken(), new Next(order.id().toString(), union(goal.state())));
      if (store.write(begun)) {
        inventory = begun;
        return true;
      }
      inventory = store.read();
    }
  }

  /// With what an earlier order, which never ended, may have left.
  private State union(State state) {
    var keys = state.entries().stream().map(Entry::key).collect(Collectors.toSet());
    inventory.now().entries().forEach(e -> keys.add(e.key()));
    var all = new ArrayList<>(state.entries());
    inventory
        .next()
        .ifPresent(n ->
            n.state().entries().stream().filter(e -> !keys.contains(e.key())).forEach(all::add));
    return new State(state.components(), all);
  }

  /// Nobody else has written the inventory since.
  private void stillOurs() throws IOException, InterruptedException {
    var now = store.read();
    if (!now.equals(inventory)) {
      throw new TakenOver();
    }
  }

  private String change(Goal goal, View first) throws IOException, InterruptedException {
    var view = first;
    var done = 0;
    for (var group : groups(goal.wanted())) {
      stillOurs();
      var one = group.getFirst();
      if (one.hook()) {
        for (var hook : group) {
          if (changed(hook.component(), goal)) {
            if (hook.phase() == Phase.AFTER) {
              untilHealthy(goal, w -> w.phase() == Phase.MAIN);
            }
            run(hook, goal);
          }
        }
        continue;
      }
      if (done > 0 && starts(one, goal.wanted())) {
        untilHealthy(goal, w -> w.phase() == Phase.MAIN && w.wave() < one.wave());
      }
      var due = new ArrayList<Wanted>();
      for (var wanted : group) {
        if (!holds(wanted, view)) {
          due.add(wanted);
        }
      }
      if (!due.isEmpty()) {
        touched = true;
        var seen = view;
        AllAtOnce.each(due, w -> put(w, seen.object(w.key())));
        due.forEach(w -> order.log().line("applied " + w.key().words()));
        done += due.size();
      }
      if (one.key().kind().equals("CustomResourceDefinition")) {
        untilHealthy(goal, w -> w.key().kind().equals("CustomResourceDefinition"));
      }
    }
    if (done == 0) {
      revive(goal, view);
    }
    var healthy = untilHealthy(goal, w -> w.phase() == Phase.MAIN);
    var gone = prune(goal, healthy);
    stillOurs();
    remember(goal.state(), look(goal), goal.scaled());
    return "%d of %d objects changed%s"
        .formatted(
            done, goal.wanted().size(), gone.isEmpty() ? "" : ", deleted " + Inventory.words(gone));
  }

  /// What is as it shall be and keeps crashing is tried once more at once: a person asks for that
  /// who deploys the same again. Kubernetes by itself waits longer and longer, up to five minutes.
  private void revive(Goal goal, View view) throws IOException, InterruptedException {
    for (var pod : view.pods()) {
      var key = ObjectKey.of(pod);
      if (goal.covered().contains(Identity.labelOf(pod, Identity.COMPONENT))
          && pod instanceof ObjectNode live
          && pod.path("metadata").path("ownerReferences").size() > 0
          && pod.path("metadata").path("deletionTimestamp").isMissingNode()
          // Not of a job, which counts its failures.
          && pod.path("spec").path("restartPolicy").asText().equals("Always")
          && keepsCrashing(pod.path("status"))) {
        touched = true;
        writer.delete("v1", key, live);
        order.log().line("deleted " + key.words() + ", which kept crashing, to have it start anew");
      }
    }
  }

  /// Between two crashes a container waits, or has ended, or runs and is not ready: which of them
  /// is a matter of the moment.
  private static boolean keepsCrashing(JsonNode status) {
    return Stream.of("initContainerStatuses", "containerStatuses")
        .flatMap(list -> StreamSupport.stream(status.path(list).spliterator(), false))
        .anyMatch(container ->
            (container.path("restartCount").asInt() > 0 && !container.path("ready").asBoolean())
                || container.path("state").path("terminated").path("exitCode").asInt() != 0);
  }

  /// In turn: those of a group do not need each other. Hooks run one by one.
  private static List<List<Wanted>> groups(List<Wanted> wanted) {
    var groups = new ArrayList<List<Wanted>>();
    for (var one : wanted.stream().sorted(Wanted.ORDER).toList()) {
      var last = groups.isEmpty() ? null : groups.getLast().getFirst();
      if (last == null
          || last.phase() != one.phase()
          || last.wave() != one.wave()
          || last.rank() != one.rank()
          || last.hook() != one.hook()) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add(one);
    }
    return groups;
  }

  /// Whether it is of a wave that waits for an earlier one.
  private static boolean starts(Wanted one, List<Wanted> wanted) {
    return one.phase() == Phase.MAIN
        && wanted.stream().anyMatch(w -> w.phase() == Phase.MAIN && w.wave() < one.wave());
  }

  private ObjectNode put(Wanted wanted, Optional<ObjectNode> live)
      throws IOException, InterruptedException {
    try {
      return writer.apply(wanted, live, this::before, order.id());
    } catch (ApiRefused e) {
      if (e.immutable() && wanted.replaceable()) {
        return anew(wanted, wanted);
      }
      throw new Denied(wanted.key(), e);
    }
  }

  private ObjectNode anew(Wanted old, Wanted wanted) throws IOException, InterruptedException {
    var live = writer.get(old);
    if (live.isPresent()) {
      writer.delete(old.apiVersion(), old.key(), live.get());
      var until = System.nanoTime() + UNTIL_GONE.toNanos();
      while (writer.get(old).isPresent()) {
        if (System.nanoTime() > until) {
          throw new Ill(old.key().words() + " was deleted and does not go");
        }
        Thread.sleep(FIRST_LOOK);
      }
    }
    try {
      return writer.apply(wanted, Optional.empty(), this::before, order.id());
    } catch (ApiRefused e) {
      throw new Denied(wanted.key(), e);
    }
  }

  /// A hook is made anew for each order, and once for each.
  private void run(Wanted hook, Goal goal) throws IOException, InterruptedException {
    var live = writer.get(hook);
    if (live.filter(l -> Identity.annotation(l, ORDER).equals(order.id().toString())).isEmpty()) {
      touched = true;
      var body = hook.body().deepCopy();
      body.withObjectProperty("metadata")
          .withObjectProperty("annotations")
          .put(ORDER, order.id().toString());
      anew(hook, new Wanted(hook.key(), hook.apiVersion(), hook.component(), hook.digest(), body));
      order.log().line("running hook " + hook.key().words());
    }
    untilHealthy(goal, w -> w.key().equals(hook.key()));
    if (hook.goesWhenDone()) {
      var done = writer.get(hook);
      if (done.isPresent()) {
        writer.delete(hook.apiVersion(), hook.key(), done.get());
      }
    }
  }

  /// Wait until the chosen objects are what was asked for.
  private View untilHealthy(Goal goal, java.util.function.Predicate<Wanted> chosen)
      throws IOException, InterruptedException {
    return untilHealthy(
        goal.wanted().stream()
            .filter(chosen)
            .collect(Collectors.toMap(Wanted::key, Wanted::component, (a, _) -> a, TreeMap::new)),
        goal);
  }

  private View untilHealthy(Map<ObjectKey, String> chosen, Goal goal)
      throws IOException, InterruptedException {
    var began = System.nanoTime();
    var failingSince = new HashMap<ObjectKey, Long>();
    var told = new HashMap<ObjectKey, String>();
    var pause = FIRST_LOOK;
    while (true) {
      var view = look(goal);
      var waiting = 0;
      for (var one : chosen.entrySet()) {
        var key = one.getKey();
        var verdict = view.verdict(key);
        if (verdict.isCurrent()) {
          failingSince.remove(key);
          continue;
        }
        waiting++;
        var sentence = key.words() + ": " + verdict.sentence();
        if (!sentence.equals(told.put(key, sentence))) {
          order.log().line(sentence);
        }
        var now = System.nanoTime();
        if (verdict instanceof Verdict.Failed(_, var forGood)) {
          var since = failingSince.computeIfAbsent(key, _ -> now);
          if (forGood || now - since > FORGIVEN.toNanos()) {
            throw new Ill(sentence);
          }
        } else {
          failingSince.remove(key);
        }
        var patience = goal.patience().getOrDefault(one.getValue(), settings.healthyWithin());
        if (now - began > patience.toNanos()) {
          throw new Ill(
              "%s is not healthy within %s: %s"
                  .formatted(key.words(), Words.of(patience), verdict.sentence()));
        }
      }
      if (waiting == 0) {
        return view;
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(3).dividedBy(2);
      pause = pause.compareTo(LAST_LOOK) > 0 ? LAST_LOOK : pause;
    }
  }

  /// What is there of the covered components and is no part of them any more.
  private List<Entry> leftovers(Goal goal, View view) {
    var keys = goal.wanted().stream().map(Wanted::key).collect(Collectors.toSet());
    var leftovers = new TreeMap<ObjectKey, Entry>();
    for (var entry : inventory.all()) {
      if (goal.covered().contains(entry.component()) && !keys.contains(entry.key())) {
        view.object(entry.key())
            .filter(live -> !Wanted.precious(entry.key(), live))
            .ifPresent(_ -> leftovers.put(entry.key(), entry));
      }
    }
    return List.copyOf(leftovers.values());
  }

  private List<ObjectKey> prune(Goal goal, View view) throws IOException, InterruptedException {
    var leftovers = leftovers(goal, view);
    if (!leftovers.isEmpty()) {
      stillOurs();
      touched = true;
      delete(leftovers, view);
    }
    return leftovers.stream().map(Entry::key).toList();
  }

  private void delete(List<Entry> entries, View view) throws IOException, InterruptedException {
    AllAtOnce.each(
        entries,
        entry -> {
          try {
            var live = view.object(entry.key());
            return live.isPresent() && writer.delete(entry.apiVersion(), entry.key(), live.get());
          } catch (ApiRefused e) {
            throw new Denied(entry.key(), e);
          }
        });
    entries.forEach(e -> order.log().line("deleted " + e.key().words()));
  }

  private void remember(State state, View view, Set<ObjectKey> scaled)
      throws IOException, InterruptedException {
    var ended =
        new Inventory(
            order.fencingToken(),
            view.fingerprinted(state, identity, scaled),
            Optional.empty(),
            inventory.madeNamespace());
    if (!ended.equals(inventory) && !store.write(ended)) {
      throw new TakenOver();
    }
    inventory = ended;
  }

  /// Everything as it was before the first try of this order: then refusing is the truth.
  private Outcome putBack(Goal goal, IOException cause) throws IOException, InterruptedException {
    var reason = Wording.of(cause);
    order.log().line(reason);
    if (!touched && untouched(goal)) {
      remember(inventory.now(), look(goal), goal.scaled());
      return new Refused(reason);
    }
    touched = true;
    order.log().line("putting back what ran before");
    var earlier = earlier();
    var scaled = goal.scaled();
    var view = look(goal);
    var covered =
        inventory.now().entries().stream()
            .filter(e -> goal.covered().contains(e.component()) && !e.isHook())
            .toList();
    for (var entry : covered) {
      if (!view.holds(entry, identity)) {
        var wanted = earlier.get(entry.key());
        if (wanted == null) {
          throw new IOException("what " + entry.key().words() + " was before is not kept any more");
        }
        put(wanted, view.object(entry.key()));
      }
    }
    var had = covered.stream().map(Entry::key).collect(Collectors.toSet());
    var fresh =
        inventory.all().stream()
            .filter(e -> goal.covered().contains(e.component()) && !had.contains(e.key()))
            .filter(e -> view.object(e.key()).filter(l -> !Wanted.precious(e.key(), l)).isPresent())
            .collect(Collectors.toMap(Entry::key, e -> e, (a, _) -> a, TreeMap::new));
    delete(List.copyOf(fresh.values()), view);
    var back =
        covered.stream()
            .collect(Collectors.toMap(Entry::key, Entry::component, (a, _) -> a, TreeMap::new));
    // As long as the target's objects may take, however short of patience the newer ones were.
    untilHealthy(
        back, new Goal(goal.wanted(), goal.covered(), goal.scaled(), goal.state(), Map.of()));
    remember(inventory.now(), look(goal), scaled);
    return new Refused(reason);
  }

  private boolean untouched(Goal goal) throws IOException, InterruptedException {
    var view = look(goal);
    var had = inventory.now().entries().stream().map(Entry::key).collect(Collectors.toSet());
    return inventory.now().entries().stream().allMatch(e -> view.holds(e, identity))
        && inventory.all().stream()
            .allMatch(e -> had.contains(e.key()) || view.object(e.key()).isEmpty());
  }

  private Optional<Wanted> before(ObjectKey key) throws IOException, InterruptedException {
    return Optional.ofNullable(earlier().get(key));
  }

  /// The objects of what ran before, from their stored bytes.
  private synchronized Map<ObjectKey, Wanted> earlier() throws IOException, InterruptedException {
    if (before.isEmpty()) {
      before = Optional.of(manifests.stored(inventory.now()));
    }
    return before.get();
  }

  /// Take everything away.
  Outcome remove() {
    try {
      return away();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return touched
          ? new Unknown("removing " + identity.place().name(), e)
          : new Later("told to stop before anything was removed", AGAIN);
    } catch (IOException e) {
      return unfinished(e);
    }
  }

  private Outcome away() throws IOException, InterruptedException {
    switch (namespace.look()) {
      case GOING -> {
        return new Applied("namespace `%s` is being deleted".formatted(settings.namespace()));
      }
      case MISSING -> {
        return new Applied("nothing was there");
      }
      case THERE -> {}
    }
    inventory = store.read();
    if (inventory.token() > order.fencingToken()) {
      return late();
    }
    var nothing = new Goal(List.of(), components(), Set.of(), State.NOTHING, Map.of());
    if (inventory.all().isEmpty() && inventory.token() == 0) {
      return new Applied("nothing was there");
    }
    if (!begin(nothing)) {
      return late();
    }
    var view = look(nothing);
    touched = true;
    var leftovers = leftovers(nothing, view);
    delete(leftovers, view);
    var stays = untilGone(nothing);
    var kept =
        inventory.all().stream()
            .filter(e -> view.object(e.key()).filter(l -> Wanted.precious(e.key(), l)).isPresent())
            .map(Entry::key)
            .collect(Collectors.toCollection(TreeSet::new));
    var note = new StringBuilder("deleted " + leftovers.size() + " objects");
    if (!kept.isEmpty()) {
      note.append("; ").append(Inventory.words(kept)).append(" stay, as they hold data");
    }
    if (stays > 0) {
      note.append("; ").append(stays).append(" pods are still ending");
    }
    // Written first: in a namespace that is going nothing can be made.
    remember(State.NOTHING, view, Set.of());
    if (inventory.madeNamespace() && settings.removeNamespace() && kept.isEmpty()) {
      note.append("; ").append(namespace.remove());
    }
    log.atInfo()
        .addKeyValue("place", identity.place().name())
        .addKeyValue("order", order.id())
        .addKeyValue("namespace", settings.namespace())
        .log("place removed");
    return new Applied(note.toString());
  }

  private Set<String> components() {
    return inventory.all().stream().map(Entry::component).collect(Collectors.toSet());
  }

  private static boolean stillRuns(JsonNode pod) {
    var phase = pod.path("status").path("phase").asText();
    if (phase.equals("Succeeded") || phase.equals("Failed")) {
      return false;
    }
    var containers = pod.path("status").path("containerStatuses");
    for (var container : containers) {
      if (!container.path("state").has("terminated")) {
        return true;
      }
    }
    return containers.isEmpty() && !pod.path("metadata").has("deletionTimestamp");
  }

  /// @return how many pods still run after a while
  private int untilGone(Goal goal) throws IOException, InterruptedException {
    var until = System.nanoTime() + UNTIL_GONE.toNanos();
    while (true) {
      // Kubelets take their time to forget a pod whose containers have ended.
      var pods = look(goal).pods().stream().filter(Rollout::stillRuns).count();
      if (pods == 0 || System.nanoTime() > until) {
        return Math.toIntExact(pods);
      }
      Thread.sleep(FIRST_LOOK.multipliedBy(2));
    }
  }
}
