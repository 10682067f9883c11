package dev.fleetwright.adapters.local;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Settings;
import java.nio.file.Path;
import java.util.Optional;

/// A component as the keeper knows it: what to run; the files are in place already.
///
/// @param digest of the component, which also names the folder of its files
record Part(String name, Digest digest, Settings settings) {

  static Part of(Component component) {
    return new Part(component.name(), component.digest(), component.settings());
  }

  /// Where its files are, below the folder of the place.
  Path home() {
    return Path.of(PlaceFolder.COMPONENTS, name, digest.hex());
  }

  /// How it is run; empty when it is files only.
  Optional<HowToRun.Program> program() {
    return switch (HowToRun.of(settings)) {
      case HowToRun.Program program -> Optional.of(program);
      case HowToRun.FilesOnly _ -> Optional.empty();
      // LocalTarget has refused what cannot be read, so only another release can have written it.
      case HowToRun.Unusable(var problems) ->
          throw new IllegalStateException(String.join("; ", problems));
    };
  }

  /// Whether it takes callers.
  boolean listens() {
    return program().filter(HowToRun.Program::listens).isPresent();
  }

  Dictionary canonical() {
    return Dictionary.empty()
        .with("name", name)
        .with("digest", digest.hex())
        .with("settings", settings.canonical());
  }

  static Part of(Dictionary dictionary) {
    return new Part(
        dictionary.text("name"),
        new Digest(dictionary.text("digest")),
        new Settings(dictionary.dictionary("settings").texts()));
  }
}
