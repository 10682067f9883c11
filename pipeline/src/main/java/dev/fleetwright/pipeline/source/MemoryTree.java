package dev.fleetwright.pipeline.source;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Files that are only in memory: what an editor sends to be linted.
public final class MemoryTree implements SourceTree {
  private final SortedMap<String, String> files;

  /// @param files texts by path
  public MemoryTree(Map<String, String> files) {
    this.files = new TreeMap<>(files);
  }

  @Override
  public List<String> paths() {
    return List.copyOf(files.keySet());
  }

  @Override
  public Content read(String path, int mostBytes) {
    var text = files.get(path);
    if (text == null) {
      return new Content.Missing();
    }
    return text.length() > mostBytes || text.getBytes(StandardCharsets.UTF_8).length > mostBytes
        ? new Content.Refused("is larger than " + mostBytes + " bytes")
        : new Content.Text(text);
  }
}
