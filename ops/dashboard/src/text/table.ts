// Every sentence of the pages, in English and Chinese. Keys begin with the page they stand on.
import { desk } from "./desk";
import { handIn } from "./hand_in";
import { monitoring } from "./monitoring";
import { offices } from "./offices";
import { shell } from "./shell";

export const table = { ...shell, ...monitoring, ...offices, ...desk, ...handIn };
export type Key = keyof typeof table;
