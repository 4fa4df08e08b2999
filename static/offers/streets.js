// A map one can move: Leaflet and the streets, fetched from our own host only when somebody asks for it.
const night = matchMedia("(prefers-color-scheme: dark)").matches;
const CLOSEST = 18;
const COLOURS = night
  ? { ground: "#1D212C", park: "#24382C", plaza: "#272C39", water: "#1F3A46", building: "#272C39", path: "#2C3240", road: "#3A4151", broad: "#4A5266", words: "#C3C6D0" }
  : { ground: "#F3EEE3", park: "#DDEAD9", plaza: "#F8F4EB", water: "#CBE1EA", building: "#E8E1D3", path: "#FBF8F1", road: "#FFFFFF", broad: "#FFFFFF", words: "#474E5E" };

// A button with data-tiles brings the map; the page goes on without it where it does not come.
export function onTap(button, open) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const said = button.nextElementSibling;
    try {
      const { leaflet, protomaps, look } = button.dataset;
      await Promise.all([
        bring("link", { rel: "stylesheet", href: look }),
        bring("script", { src: leaflet }).then(() => bring("script", { src: protomaps })),
      ]);
      open(streets(button.dataset));
      button.hidden = true;
      said.textContent = "";
    } catch {
      button.disabled = false;
      said.textContent = said.dataset.sorry;
    }
  });
}

const bring = (name, what) => new Promise((come, fail) =>
  document.head.append(Object.assign(document.createElement(name), what, { onload: come, onerror: fail })));

const streets = ({ tiles, closer, further }) => (box) => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, { zoomControl: false, maxZoom: CLOSEST, zoomAnimation: !still, fadeAnimation: !still });
  L.control.zoom({ zoomInTitle: closer, zoomOutTitle: further }).addTo(map);
  map.attributionControl.setPrefix("");
  protomapsL.leafletLayer({ url: tiles, maxDataZoom: 15, paintRules: paints(), labelRules: labels(), backgroundColor: COLOURS.ground, attribution: "© OpenStreetMap contributors" }).addTo(map);
  return map;
};

function paints() {
  const is = (...kinds) => (_, thing) => kinds.includes(thing.props.kind);
  const broad = (width) => (zoom) => Math.max(0.6, width * 1.45 ** (zoom - 15));
  const road = (color, width, ...kinds) => ({ dataLayer: "roads", filter: is(...kinds), symbolizer: new protomapsL.LineSymbolizer({ color, width: broad(width) }) });
  const area = (dataLayer, fill, ...kinds) => ({ dataLayer, filter: is(...kinds), symbolizer: new protomapsL.PolygonSymbolizer({ fill }) });
  return [
    area("landuse", COLOURS.park, "park"), area("landuse", COLOURS.plaza, "plaza"), area("water", COLOURS.water, "water"),
    area("buildings", COLOURS.building, "building"), road(COLOURS.path, 0.9, "path"), road(COLOURS.road, 1.4, "service"),
    road(COLOURS.road, 3.5, "minor"), road(COLOURS.road, 5, "medium"), road(COLOURS.broad, 6.5, "major", "highway"),
  ];
}

function labels() {
  const named = (_, thing) => thing.props.name && ["minor", "medium", "major", "highway"].includes(thing.props.kind);
  const words = { labelProps: ["name"], fill: COLOURS.words, stroke: COLOURS.ground, width: 3, font: "500 12px system-ui, sans-serif" };
  return [{ dataLayer: "roads", filter: named, minzoom: 14, symbolizer: new protomapsL.LineLabelSymbolizer(words) }];
}
