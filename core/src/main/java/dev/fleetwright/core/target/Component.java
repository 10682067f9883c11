package dev.fleetwright.core.target;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.FileTree;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import java.util.Comparator;
import java.util.List;

/// One named part of what runs: its files and how they are run, rendered to the last byte.
///
/// @param files sorted by path, no path twice; nothing in them leads out of them ([FileTree])
/// @param settings what the target needs to run it, such as `run.command.0` or `image`
public record Component(String name, List<TreeEntry> files, Settings settings) {

  public Component {
    files = files.stream().sorted(Comparator.comparing(TreeEntry::path)).toList();
    for (var i = 1; i < files.size(); i++) {
      if (files.get(i - 1).path().equals(files.get(i).path())) {
        throw new IllegalArgumentException(
            "component `" + name + "` has `" + files.get(i).path() + "` twice");
      }
    }
    var problem = FileTree.problem(files);
    if (problem.isPresent()) {
      throw new IllegalArgumentException("component `" + name + "`: " + problem.get());
    }
  }

  /// Equal digests mean that nothing has to be done for this component.
  public Digest digest() {
    return Digest.of(canonical().bytes());
  }

  /// The canonical form.
  public Dictionary canonical() {
    return Dictionary.empty()
        .with("name", name)
        .with("files", new Listing(List.copyOf(files.stream().map(TreeEntry::canonical).toList())))
        .with("settings", settings.canonical());
  }

  /// Read what [#canonical] wrote.
  ///
  /// @throws Bencode.NotCanonical if it is something else
  public static Component of(Dictionary dictionary) {
    return new Component(
        dictionary.text("name"),
        dictionary.listing("files").values().stream()
            .map(v -> TreeEntry.of(Bencode.expect(v, Dictionary.class)))
            .toList(),
        new Settings(dictionary.dictionary("settings").texts()));
  }
}
