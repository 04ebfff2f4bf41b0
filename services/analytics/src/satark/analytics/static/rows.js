// Thousands of rows of one height, of which only those are elements that can be seen, and some around them.

const AROUND = 8;

/** Rows in the flow of the page. `make` returns an empty row, `show(row, index)` writes into one what is at an index. */
export class Rows {
  #place;
  #make;
  #show;
  #shown = new Map();
  #spare = [];
  #height = 44;
  #count = 0;
  #frame = 0;

  constructor(place, { make, show }) {
    this.#place = place;
    this.#make = make;
    this.#show = show;
    const later = () => { this.#frame ||= requestAnimationFrame(() => { this.#frame = 0; this.#render(); }); };
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", () => { this.#measure(); later(); });
  }

  /** Show so many rows; those that stay where they are keep their elements, and with these the focus. */
  set(count) {
    this.#count = count;
    if (count) this.#measure();
    this.#place.style.height = `${count * this.#height}px`;
    this.#render();
    this.refresh();
  }

  /** Write again what is in the rows, or in one of them. */
  refresh(only = null) {
    for (const [index, row] of this.#shown) if (only === null || index === only) this.#show(row, index);
  }

  /** Rows are as high as the style has them: another on a phone, or where text is larger. */
  #measure() {
    const row = this.#shown.values().next().value || this.#place.appendChild(this.#spare.pop() || this.#make());
    if (row.offsetHeight) this.#height = row.offsetHeight;
    this.#place.style.height = `${this.#count * this.#height}px`;
    for (const [index, each] of this.#shown) this.#put(each, index);
    if (![...this.#shown.values()].includes(row)) this.#spare.push(this.#place.removeChild(row));
  }

  #put(row, index) {
    row.style.transform = `translateY(${index * this.#height}px)`;
  }

  #render() {
    const top = this.#place.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(-top / this.#height) - AROUND);
    const last = Math.min(this.#count, Math.ceil((innerHeight - top) / this.#height) + AROUND);
    for (const [index, row] of this.#shown) {
      const away = index < first || index >= last;
      if (index >= this.#count || (away && !row.contains(document.activeElement))) {
        this.#shown.delete(index);
        this.#spare.push(row);
        row.remove();
      }
    }
    for (let index = first; index < last; index += 1) {
      if (this.#shown.has(index)) continue;
      const row = this.#spare.pop() || this.#make();
      this.#shown.set(index, row);
      this.#put(row, index);
      this.#show(row, index);
    }
    this.#order();
  }

  /** Rows come in their order in the document, too, for keys and readers of the screen. None that stays is moved. */
  #order() {
    let next = this.#place.firstChild;
    for (const [, row] of [...this.#shown].sort(([one], [other]) => one - other)) {
      if (row === next) next = next.nextSibling;
      else this.#place.insertBefore(row, next);
    }
  }
}
