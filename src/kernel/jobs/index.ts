export class Jobs {}
