package dev.fleetwright.server.operations;

/// CRC-32 (ISO 3309, as in gzip) that goes on from a checksum on record. That of the platform
/// cannot be begun anywhere but at nothing, and a job's log comes in parts, after restarts too.
final class Crc32 {

  private static final int POLYNOMIAL = 0xEDB88320;
  private static final int[] TABLE = table();

  private Crc32() {}

  private static int[] table() {
    var table = new int[256];
    for (var i = 0; i < table.length; i++) {
      var entry = i;
      for (var bit = 0; bit < 8; bit++) {
        entry = (entry & 1) == 1 ? (entry >>> 1) ^ POLYNOMIAL : entry >>> 1;
      }
      table[i] = entry;
    }
    return table;
  }

  /// The checksum of what another is of, and these bytes.
  ///
  /// @param before 0 for nothing
  static int of(int before, byte[] bytes, int length) {
    var crc = ~before;
    for (var i = 0; i < length; i++) {
      crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]) & 0xff];
    }
    return ~crc;
  }
}
