import java.util.ArrayList;
import java.util.List;

/** Something that is for sale. The price is in cents. */
record Product(String name, String about, int price, int stock) {

  /** Reads lines of {@code name; about; price; stock}. Empty lines and lines with a # do not count. */
  static List<Product> read(List<String> lines) {
    var products = new ArrayList<Product>();
    for (var line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      var part = line.split(";", -1);
      if (part.length != 4) {
        throw new IllegalArgumentException("not `name; about; price; stock`: " + line);
      }
      products.add(
          new Product(
              part[0].strip(),
              part[1].strip(),
              Integer.parseInt(part[2].strip()),
              Integer.parseInt(part[3].strip())));
    }
    return products;
  }

  String json() {
    return "{\"name\":%s,\"about\":%s,\"price\":%d,\"stock\":%d}"
        .formatted(quoted(name), quoted(about), price, stock);
  }

  private static String quoted(String text) {
    var out = new StringBuilder("\"");
    for (var c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
