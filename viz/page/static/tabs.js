// The tabs beside the picture, in their order. A tab is a class in a file of its own and one line here.
//
// `new Tab(knowledge, act)` makes it: `knowledge` is all that it may show, `act` has what a reader can do in it. It has a
// static `key`, whose name is the word page.tab.KEY; an `element`; `paint()`, which is called after every step; and, if it
// needs them, `enter()` and `leave()`, which are called when a reader turns to it and away from it.

import { StepTab } from "./steptab.js";
import { WhatIf } from "./whatif.js";
import { Wiggle } from "./wiggle.js";
import { CodeTab } from "./code.js";
import { Practice } from "./practice.js";

export const TABS = [StepTab, WhatIf, Wiggle, CodeTab, Practice];
