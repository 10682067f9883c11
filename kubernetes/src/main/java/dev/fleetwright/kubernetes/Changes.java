package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Change.Kind;
import dev.fleetwright.kubernetes.Inventory.Entry;
import dev.fleetwright.kubernetes.Wanted.Phase;
import dev.fleetwright.kubernetes.client.ApiRefused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What applying would change, object by object, from the API server's own mouth: each object that
/// is not as it was left is applied as a dry run, and what would come of it is compared with what
/// is there. What is as it was left is not asked for at all.
final class Changes {

  private final Writer writer;
  private final Identity identity;
  private final Inventory inventory;
  private final View view;
  private final Writer.Before before;
  private final Set<String> changed;
  private final boolean namespaceMissing;

  /// @param changed the components whose digest is another than now
  /// @param namespaceMissing whether the namespace will only be made when this is applied
  Changes(
      Writer writer,
      Identity identity,
      Inventory inventory,
      View view,
      Writer.Before before,
      Set<String> changed,
      boolean namespaceMissing) {
    this.writer = writer;
    this.identity = identity;
    this.inventory = inventory;
    this.view = view;
    this.before = before;
    this.changed = changed;
    this.namespaceMissing = namespaceMissing;
  }

  /// The changes of one object, or why it cannot be applied.
  private sealed interface Finding {
    record Fine(Change change) implements Finding {}

    record Impossible(String reason) implements Finding {}
  }

  /// It cannot be done like this.
  static final class Impossible extends Exception {
    Impossible(List<String> reasons) {
      super(String.join("\n", reasons));
    }
  }

  List<Change> of(List<Wanted> wanted) throws Impossible, IOException, InterruptedException {
    var entries = new TreeMap<ObjectKey, Entry>();
    inventory.next().ifPresent(n -> n.state().entries().forEach(e -> entries.put(e.key(), e)));
    inventory.now().entries().forEach(e -> entries.put(e.key(), e));
    var coming =
        wanted.stream()
            .filter(w -> w.key().kind().equals("CustomResourceDefinition"))
            .map(w -> w.body().path("spec").path("names").path("kind").asText())
            .collect(Collectors.toSet());
    var findings =
        AllAtOnce.each(
            wanted.stream().filter(w -> w.phase() != Phase.NEVER).toList(),
            w -> finding(w, entries, coming));
    var changes = new ArrayList<Change>();
    var reasons = new ArrayList<String>();
    for (var finding : findings) {
      switch (finding) {
        case Finding.Fine(var change) -> changes.add(change);
        case Finding.Impossible(var reason) -> reasons.add(reason);
      }
    }
    if (!reasons.isEmpty()) {
      throw new Impossible(reasons);
    }
    var keys = wanted.stream().map(Wanted::key).collect(Collectors.toSet());
    for (var entry : entries.values()) {
      var live = view.object(entry.key());
      if (live.isPresent() && !keys.contains(entry.key())) {
        changes.add(gone(entry, live.get()));
      }
    }
    return changes;
  }

  private Finding finding(Wanted wanted, Map<ObjectKey, Entry> entries, Set<String> coming)
      throws IOException, InterruptedException {
    var what = what(wanted.component(), wanted.key());
    if (wanted.hook()) {
      return new Finding.Fine(
          changed.contains(wanted.component())
              ? new Change(
                  Kind.CREATE,
                  what,
                  List.of(
                      wanted.phase() == Phase.BEFORE
                          ? "  a hook: it runs before anything is changed"
                          : "  a hook: it runs when everything is healthy"))
              : new Change(Kind.NONE, what, List.of("  a hook: it runs with the next change")));
    }
    var live = view.object(wanted.key());
    var entry = entries.get(wanted.key());
    if (entry != null && entry.digest().equals(wanted.digest()) && view.holds(entry, identity)) {
      return new Finding.Fine(new Change(Kind.NONE, what, List.of()));
    }
    if (live.isEmpty() && (namespaceMissing || coming.contains(wanted.key().kind()))) {
      // Where it goes is not there yet, so the API server cannot be asked.
      return new Finding.Fine(new Change(Kind.CREATE, what, FieldChanges.of(wanted.body())));
    }
    try {
      var trial = writer.attempt(wanted, live, before);
      return new Finding.Fine(change(wanted, what, live.orElse(null), trial));
    } catch (ApiRefused e) {
      return refused(wanted, what, live.orElse(null), e);
    }
  }

  private Change change(
      Wanted wanted, String what, @Nullable ObjectNode labelled, Writer.Trial trial)
      throws IOException, InterruptedException {
    var live = labelled;
    if (live == null) {
      // Something of that name may be there without our labels.
      live = writer.get(wanted).orElse(null);
    }
    if (live == null) {
      return new Change(Kind.CREATE, what, FieldChanges.of(trial.object()));
    }
    var lines = new ArrayList<String>();
    if (labelled == null) {
      lines.add("  it is there already and becomes a part of this environment");
    }
    trial
        .taken()
        .forEach(c ->
            lines.add(
                "  %s was set by %s and is taken back"
                    .formatted(c.field().replaceFirst("^\\.", ""), c.manager())));
    lines.addAll(FieldChanges.between(live, trial.object()));
    return new Change(lines.isEmpty() ? Kind.NONE : Kind.UPDATE, what, lines);
  }

  private Finding refused(Wanted wanted, String what, @Nullable ObjectNode live, ApiRefused e)
      throws ApiRefused {
    if (e.passing() || e.code() == 401) {
      throw e;
    }
    if (e.immutable() && live != null) {
      if (wanted.replaceable()) {
        var lines = new ArrayList<String>();
        lines.add("  it is deleted and made anew: a field of it cannot be changed in place");
        lines.addAll(FieldChanges.between(live, wanted.body()));
        return new Finding.Fine(new Change(Kind.UPDATE, what, lines));
      }
      return new Finding.Impossible(
          "%s; to have it deleted and made anew, give it the annotation fleetwright.dev/replace: \"true\""
              .formatted(Wording.of(wanted.key(), e)));
    }
    if (e.code() == 400 && e.words().contains("dry run")) {
      return new Finding.Fine(
          new Change(
              live == null ? Kind.CREATE : Kind.UPDATE,
              what,
              List.of("  what will come of it cannot be told: " + e.words())));
    }
    return new Finding.Impossible(Wording.of(wanted.key(), e));
  }

  private static Change gone(Entry entry, ObjectNode live) {
    var what = what(entry.component(), entry.key());
    return Wanted.precious(entry.key(), live)
        ? new Change(
            Kind.NONE,
            what,
            List.of(
                "  it is no part of the release any more and stays; give it the annotation fleetwright.dev/prune: \"true\" to have it deleted"))
        : new Change(Kind.DELETE, what, List.of());
  }

  /// The component first: plans are read by component.
  static String what(String component, ObjectKey key) {
    return component + " " + key.words();
  }
}
