package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Change.Kind;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Says what applying a revision would change on one host.
final class HostPreview {

  /// A plan is read by people.
  private static final int MOST_FILES = 30;

  private HostPreview() {}

  /// The changes, by name of component.
  ///
  /// @param current what the host's `current` names
  static List<Change> of(
      Place place, Host host, HostView view, Revision current, Revision desired) {
    var names = new TreeSet<String>();
    current.components().forEach(c -> names.add(c.name()));
    desired.components().forEach(c -> names.add(c.name()));
    names.addAll(view.runs().keySet());
    return names.stream().map(name -> change(name, place, host, view, current, desired)).toList();
  }

  private static Change change(
      String name, Place place, Host host, HostView view, Revision current, Revision desired) {
    var what = name + " on " + host;
    var before = current.component(name).orElse(null);
    var after = desired.component(name).orElse(null);
    var running = view.runs().get(name);
    if (after == null) {
      return new Change(Kind.DELETE, what, List.of());
    }
    if (before == null && running == null) {
      return new Change(Kind.CREATE, what, details(Settings.NONE, Map.of(), after, place, view));
    }
    var same = before != null && before.digest().equals(after.digest());
    if (same && running != null && !running.tree().equals(after.digest())) {
      return new Change(
          Kind.UPDATE,
          what,
          List.of(" runs " + running.tree().brief() + " although `current` does not"));
    }
    if (same && (running == null || running.state() == HostView.State.UP)) {
      return HowToRun.of(after) instanceof HowToRun.Program && running == null
          ? new Change(Kind.UPDATE, what, List.of(" is not running; it is started again"))
          : new Change(Kind.NONE, what, List.of());
    }
    if (same) {
      return new Change(Kind.UPDATE, what, List.of(" keeps ending; it is started again"));
    }
    return new Change(
        Kind.UPDATE,
        what,
        details(
            before == null ? Settings.NONE : before.settings(), files(before), after, place, view));
  }

  private static List<String> details(
      Settings settingsBefore,
      Map<String, String> filesBefore,
      Component after,
      Place place,
      HostView view) {
    var lines = new ArrayList<String>();
    settings(settingsBefore, after.settings(), lines);
    files(filesBefore, files(after), lines);
    var upload =
        new Upload(NO_CONTENT, place, new Revision(List.of(after)), view.blobs(), view.trees());
    lines.add(
        " " + upload.files() + " files, " + Sizes.spoken(upload.bytes()) + ", have to be sent");
    return lines;
  }

  private static void settings(Settings before, Settings after, List<String> lines) {
    var keys = new TreeSet<>(before.values().keySet());
    keys.addAll(after.values().keySet());
    for (var key : keys) {
      var old = before.values().get(key);
      var now = after.values().get(key);
      if (Objects.equals(old, now)) {
        continue;
      }
      if (old != null) {
        lines.add("- " + key + ": " + shown(key, old));
      }
      if (now != null) {
        lines.add("+ " + key + ": " + shown(key, now));
      }
    }
  }

  // Variables are where secrets are.
  private static String shown(String key, String value) {
    return key.startsWith("run.variables.") ? "(not shown)" : Printable.line(value);
  }

  private static void files(
      Map<String, String> before, Map<String, String> after, List<String> lines) {
    var changed = new ArrayList<String>();
    var paths = new TreeSet<>(before.keySet());
    paths.addAll(after.keySet());
    for (var path : paths) {
      if (!Objects.equals(before.get(path), after.get(path))) {
        if (before.containsKey(path)) {
          changed.add("- " + Printable.line(path));
        }
        if (after.containsKey(path)) {
          changed.add("+ " + Printable.line(path));
        }
      }
    }
    lines.addAll(changed.subList(0, Math.min(MOST_FILES, changed.size())));
    if (changed.size() > MOST_FILES) {
      lines.add(" and " + (changed.size() - MOST_FILES) + " more");
    }
  }

  private static Map<String, String> files(@Nullable Component component) {
    return component == null
        ? Map.of()
        : component.files().stream()
            .collect(
                Collectors.toMap(
                    TreeEntry::path,
                    e ->
                        switch (e) {
                          case TreeEntry.File file -> Upload.blobName(file);
                          case TreeEntry.Link(_, var to) -> "-> " + to;
                        },
                    (a, _) -> a,
                    TreeMap::new));
  }

  private static final NoContent NO_CONTENT = new NoContent();

  /// Only sizes are asked for here.
  private static final class NoContent implements dev.fleetwright.core.artifact.Blobs {
    @Override
    public dev.fleetwright.core.artifact.Digest put(java.io.InputStream content) {
      throw new UnsupportedOperationException("a preview keeps nothing");
    }

    @Override
    public java.io.InputStream open(dev.fleetwright.core.artifact.Digest digest) {
      throw new UnsupportedOperationException("a preview sends nothing");
    }

    @Override
    public boolean drop(dev.fleetwright.core.artifact.Digest digest, java.time.Instant since) {
      throw new UnsupportedOperationException("a preview drops nothing");
    }

    @Override
    public boolean has(dev.fleetwright.core.artifact.Digest digest) {
      return false;
    }
  }
}
